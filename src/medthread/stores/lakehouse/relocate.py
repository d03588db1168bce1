"""A lake that stands in another place than where it was written: Iceberg names every file by its full address.

Table metadata (JSON), manifest lists and manifests (Avro) are written again with the addresses of the new place,
snapshot ids, sequence numbers and statistics as they were; data files stay as they are.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, text

from medthread.model.errors import StoreError
from medthread.stores.lakehouse.catalog import address_of

if TYPE_CHECKING:
    from pyiceberg.io import FileIO
    from pyiceberg.manifest import ManifestFile
    from pyiceberg.partitioning import PartitionSpec
    from pyiceberg.schema import Schema
    from pyiceberg.table.metadata import TableMetadata

CATALOG = ("metadata_location", "previous_metadata_location")
NAMED = """
update medthread.lake_file set path = :new || substr(path, length(:old) + 1) where starts_with(path, :old || '/');
update medthread.load set raw_path = :new || substr(raw_path, length(:old) + 1) where starts_with(raw_path, :old || '/');
update medthread.lake_merge set old = (select array_agg(case when starts_with(f, :old || '/') then :new || substr(f, length(:old) + 1) else f end
  order by n) from unnest(old) with ordinality as u(f, n)), new = case when starts_with(new, :old || '/') then :new || substr(new, length(:old) + 1) else new end;
update medthread.table_build set files = (select jsonb_object_agg(part.key, (select jsonb_agg(case when starts_with(f, :old || '/')
  then :new || substr(f, length(:old) + 1) else f end order by n) from jsonb_array_elements_text(part.value) with ordinality as u(f, n)))
  from jsonb_each(files) as part) where files <> '{}';
update medthread.release_table set files = (select array_agg(case when starts_with(f, :old || '/') then :new || substr(f, length(:old) + 1) else f end
  order by n) from unnest(files) with ordinality as u(f, n)) where cardinality(files) > 0;
"""


def rename_in_store(tx: Connection, *, old: Path, new: Path) -> None:
    """Let the database name the lake's files where they are now. One of an earlier version has not all of these tables yet."""
    for statement in filter(str.strip, NAMED.split(";")):
        table = statement.split()[1]
        if tx.execute(text("select to_regclass(:table)"), {"table": table}).scalar_one() is not None:
            tx.execute(text(statement), {"old": str(old), "new": str(new)})
    if tx.execute(text("select to_regclass('public.iceberg_tables')")).scalar_one() is None:
        return
    for column in CATALOG:
        tx.execute(
            text(f"update iceberg_tables set {column} = :new || substr({column}, length(:old) + 1) where starts_with({column}, :old || '/')"),
            {"old": address_of(old), "new": address_of(new)})


def rewrite_metadata(lake: Path, *, old: Path, new: Path) -> int:
    """Rewrite the Iceberg metadata of every table under `lake`, as if it had been written at `new`; gives how many tables."""
    tables = sorted({p.parent for p in lake.glob("*/*/metadata/*.metadata.json")})
    for folder in tables:
        _Table(folder, lake=lake, old=old, new=new).rewrite()
    return len(tables)


class _Table:
    def __init__(self, folder: Path, *, lake: Path, old: Path, new: Path) -> None:
        from pyiceberg.io.pyarrow import PyArrowFileIO  # noqa: PLC0415 - pyiceberg costs seconds to import

        self._folder, self._lake = folder, lake
        self._old, self._new = address_of(old), address_of(new)
        self._io: FileIO = PyArrowFileIO()
        self._lengths: dict[str, int] = {}

    def rewrite(self) -> None:
        """Manifests before the lists that tell their length, lists before the metadata that names them."""
        heads = sorted(self._folder.glob("*.metadata.json"))
        for path in heads:
            metadata = self._read(path)
            for snapshot in metadata.snapshots:
                self._list(snapshot, metadata)
        for path in heads:
            moved = self._moved(json.loads(path.read_text(encoding="utf-8")))
            path.write_text(json.dumps(moved), encoding="utf-8")

    def _read(self, path: Path) -> "TableMetadata":
        from pyiceberg.table.metadata import TableMetadataUtil  # noqa: PLC0415

        return TableMetadataUtil.parse_raw(path.read_text(encoding="utf-8"))

    def _here(self, address: str) -> Path | None:
        """Where a file that was written at the old place lies now; nothing where it was not brought along."""
        if not address.startswith(self._old + "/"):
            return None
        path = self._lake / Path(address.removeprefix(self._old + "/"))
        return path if path.is_file() else None

    def _moved(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {k: self._moved(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self._moved(v) for v in value]
        if isinstance(value, str) and (value == self._old or value.startswith(self._old + "/")):
            return self._new + value.removeprefix(self._old)
        return value

    def _list(self, snapshot: Any, metadata: "TableMetadata") -> None:
        from pyiceberg.manifest import read_manifest_list, write_manifest_list  # noqa: PLC0415

        path = self._here(snapshot.manifest_list)
        if path is None:  # rewritten for an earlier version of the metadata, or of a snapshot that was given up
            return
        manifests = list(read_manifest_list(self._io.new_input(address_of(path))))
        if any(not m.manifest_path.startswith(self._old + "/") for m in manifests):
            return
        schemas = {s.schema_id: s for s in metadata.schemas}
        schema = schemas.get(snapshot.schema_id) or metadata.schema()
        for manifest in manifests:
            self._manifest(manifest, schema, metadata.specs()[manifest.partition_spec_id], metadata.format_version)
        output = self._io.new_output(address_of(path) + ".new")
        with write_manifest_list(
            metadata.format_version, output, snapshot.snapshot_id, snapshot.parent_snapshot_id, snapshot.sequence_number, "deflate"
        ) as writer:
            writer.add_manifests(list(self._told(manifests)))
        Path(f"{path}.new").replace(path)

    def _told(self, manifests: list["ManifestFile"]) -> Iterator["ManifestFile"]:
        for manifest in manifests:
            length = self._lengths.get(manifest.manifest_path, manifest.manifest_length)
            manifest[0], manifest[1] = self._moved(manifest.manifest_path), length
            yield manifest

    def _manifest(self, manifest: "ManifestFile", schema: "Schema", spec: "PartitionSpec", version: Any) -> None:
        from pyiceberg.manifest import write_manifest  # noqa: PLC0415

        path = self._here(manifest.manifest_path)
        if path is None or manifest.manifest_path in self._lengths:
            return
        if manifest.added_snapshot_id is None:
            raise StoreError(f"{path} does not say which snapshot it is of", hint="restore to the place that the lake came from")
        there = manifest.manifest_path
        manifest[0] = address_of(path)
        entries = manifest.fetch_manifest_entry(self._io, discard_deleted=False)
        manifest[0] = there
        with write_manifest(version, spec, schema, self._io.new_output(address_of(path) + ".new"), manifest.added_snapshot_id, "deflate") as writer:
            for entry in entries:
                entry.data_file[1] = self._moved(entry.data_file.file_path)
                writer.add_entry(entry)
        Path(f"{path}.new").replace(path)
        self._lengths[there] = path.stat().st_size
