"""The Iceberg catalog, in the same PostgreSQL; Spark and Trino read it as a JDBC catalog."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyiceberg.catalog.sql import SqlCatalog

PROPERTIES = {
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
    "write.parquet.compression-codec": "zstd",
}


def open_catalog(*, url: str, warehouse: Path) -> "SqlCatalog":
    """The catalog; pyiceberg costs seconds to import, so it is imported only where something is committed."""
    from pyiceberg.catalog.sql import SqlCatalog  # noqa: PLC0415 - see above

    warehouse.mkdir(parents=True, exist_ok=True)
    return SqlCatalog("medthread", uri=url, warehouse=warehouse.resolve().as_uri(), pool_pre_ping="true")
