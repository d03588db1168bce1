"""An object store that speaks S3: Amazon's, MinIO, Ceph, Alibaba OSS, Huawei OBS. Keys come from the environment."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from medthread.stores.targets.port import TargetError, missing

CHUNK = 1 << 20
RETRIES, PATIENCE = 3, timedelta(seconds=30)


class ObjectTarget:
    """Copies as objects under a prefix of a bucket. An object is there whole or not at all."""

    def __init__(self, bucket: str, prefix: str, *, endpoint: str | None, region: str, path_style: bool) -> None:
        self._name = f"s3://{bucket}/{prefix}".rstrip("/")
        plain_http = endpoint is not None and endpoint.startswith("http://")
        self._store = S3Store(
            bucket, prefix=prefix or None, region=region, virtual_hosted_style_request=not path_style,
            client_options={"allow_http": plain_http, "timeout": timedelta(minutes=5)},
            retry_config={"max_retries": RETRIES, "retry_timeout": PATIENCE}, config={"endpoint": endpoint} if endpoint else None,
        )

    @property
    def name(self) -> str:
        """Its address."""
        return self._name

    def put(self, name: str, path: Path) -> None:
        """Send a file; a large one in parts that count only together."""
        try:
            obstore.put(self._store, name, path)
        except (BaseError, OSError) as error:
            raise self._refused(error) from error

    def get(self, name: str) -> Iterator[bytes]:
        """Fetch an object."""
        try:
            for chunk in obstore.get(self._store, name).stream(CHUNK):
                yield bytes(chunk)
        except FileNotFoundError as error:
            raise missing(self.name, name) from error
        except (BaseError, OSError) as error:
            raise self._refused(error) from error

    def sizes(self, prefix: str) -> dict[str, int]:
        """List objects."""
        try:
            return {str(o["path"]): int(o["size"]) for page in obstore.list(self._store, prefix=prefix) for o in page}
        except (BaseError, OSError) as error:
            raise self._refused(error) from error

    def remove(self, name: str) -> None:
        """Delete an object."""
        try:
            obstore.delete(self._store, name)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise self._refused(error) from error

    def _refused(self, error: Exception) -> TargetError:
        said = str(error).splitlines()[0][:300]
        return TargetError(f"{self.name} refused: {said}", hint="look at bucket, endpoint and region in [backup], and at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", target=self.name)
