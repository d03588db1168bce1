"""What the audit log tells of a release's content, when it is published and when its files are rewritten."""

from collections.abc import Callable, Iterable

from sqlalchemy import Connection, select

from medthread.pipeline.context import Context
from medthread.stores.lakehouse.seal import digest_of
from medthread.stores.postgres.tables import release
from medthread.trust.audit import record


def sealed(tx: Connection, context: Context, id_: str) -> str:
    """The digest of a release as it stands."""
    index = tx.execute(select(release.c.trace_index).where(release.c.id == id_)).scalar_one()
    return digest_of(tx, id_, trace_index=index, lake=context.lake.resolve(), trace=context.trace)


def tell_rewritten(context: Context, *, key: str) -> Callable[[Connection, Iterable[str]], None]:
    """For a rewriting: tells, within its transaction, what each release that names a rewritten file holds from now on."""

    def tell(tx: Connection, releases: Iterable[str]) -> None:
        for id_ in releases:
            record(tx, actor="system", action="release.rewrite", object_=f"release/{id_}", detail={"digest": sealed(tx, context, id_), "for": key})

    return tell
