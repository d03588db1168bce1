"""The catalogue of the installation as other catalogues are told of it."""

from medthread.api.services import Services
from medthread.governance.catalogue import Described, described_flows
from medthread.governance.contracts.kept import promised


def described(given: Services) -> Described:
    """What is declared and promised now, and the release that readers see."""
    contracts, book = given.contracts.now(), given.dictionary.book()
    release = given.releases.current()
    with given.store.transaction() as tx:
        versions = {s: v.version for s, v in promised(tx).items() if v.content is not None}
    tables = {c.table: {p["name"] for p in c.there["properties"]} for c in contracts.values()}
    source_tables = {f"{s.name}.{n}": t.mapped | set(t.personal) for s in given.sources for n, t in s.tables.items()}
    return Described(
        company=given.name, url=given.public_url, contracts=contracts, versions=versions, terms=book.terms, sources=given.sources, release=release.id if release else None,
        moment=release.created_at if release else None, flows=described_flows(given.graph, tables, source_tables),
    )
