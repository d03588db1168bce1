"""One file per subject."""

from medthread.api.routes import (
    access_reviews,
    accounts,
    acts,
    audit,
    backups,
    delegations,
    dictionary,
    entities,
    history,
    home,
    inbox,
    masters,
    match_settings,
    meta,
    models,
    native,
    own_account,
    privacy,
    processes,
    profiles,
    providers,
    publishing,
    quality,
    quarantine,
    releases,
    retention,
    review,
    review_sheet,
    rights,
    rules,
    runs,
    services,
    session,
    sharing,
    sources,
    stewardship,
    tokens,
    trace,
    udi,
    unmasking,
)

ROUTERS = tuple(
    m.router
    for m in (
        session, home, meta, entities, history, native, acts, processes, inbox, rules, delegations, dictionary, sources, runs, quality, profiles, quarantine, review, review_sheet, publishing, masters, stewardship, match_settings, trace, udi,
        models, releases, audit, backups, retention, privacy, tokens, own_account, services,
        accounts, rights, access_reviews,
        providers, unmasking, sharing,
    )
)
