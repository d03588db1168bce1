"""One file per subject."""

from medthread.api.routes import (
    audit,
    dictionary,
    entities,
    home,
    masters,
    meta,
    native,
    quality,
    quarantine,
    releases,
    runs,
    session,
    sources,
    tokens,
    trace,
    udi,
)

ROUTERS = tuple(
    m.router
    for m in (
        session, home, meta, entities, native, dictionary, sources, runs, quality, quarantine, masters, trace, udi,
        releases, audit, tokens,
    )
)
