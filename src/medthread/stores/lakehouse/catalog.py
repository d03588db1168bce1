"""The Iceberg catalog, in the same PostgreSQL; Spark and Trino read it as a JDBC catalog."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from medthread.model.errors import ConfigurationError
from medthread.stores.postgres.store import SETTINGS, Store

if TYPE_CHECKING:
    from pyiceberg.catalog.sql import SqlCatalog

PROPERTIES = {
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
    "write.parquet.compression-codec": "zstd",
}


def address_of(path: Path) -> str:
    """A file's address as Iceberg keeps it: the path as it is. Its readers do not decode `%20`, and take `#` and `?` for its end."""
    if set(str(path)) & {"#", "?"}:
        raise ConfigurationError(f"{path} cannot hold a lake", hint="choose a folder whose path has no '#' and no '?'")
    return f"file://{path}"


def open_catalog(store: Store, *, warehouse: Path) -> "SqlCatalog":
    """The catalog; pyiceberg costs seconds to import, so it is imported only where something is committed."""
    from pyiceberg.catalog.sql import SqlCatalog  # noqa: PLC0415 - see above

    warehouse.mkdir(parents=True, exist_ok=True)
    url = make_url(store.url).update_query_dict({"options": SETTINGS}).render_as_string(hide_password=False)
    catalog = SqlCatalog("medthread", uri=url, warehouse=address_of(warehouse.resolve()))
    # It makes a pool of its own and never closes it; the store's is closed with the store.
    catalog.engine.dispose()
    catalog.engine = store.engine
    return catalog
