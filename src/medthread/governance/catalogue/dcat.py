"""DCAT 3 as JSON-LD: the catalogue, its data sets with whom they are for, how they are had, and the service that gives them.

The context stands in the document: nothing is fetched to read it.
"""

from typing import Any

from medthread.governance.catalogue.description import (
    Described,
    columns_of,
    owners_of,
    slug,
    terms_of,
)
from medthread.governance.contracts.made import Contract
from medthread.governance.quality_parts import DOMAINS
from medthread.model import Label
from medthread.model.owners import owner_label

Json = dict[str, Any]
CONTEXT: Json = {
    "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/", "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#", "prov": "http://www.w3.org/ns/prov#", "xsd": "http://www.w3.org/2001/XMLSchema#", "adms": "http://www.w3.org/ns/adms#", "dpv": "https://w3id.org/dpv#",
}
RIGHTS = "http://publications.europa.eu/resource/authority/access-right/"
ODCS = "https://bitol-io.github.io/open-data-contract-standard/v3.2.0/"
MEDIA = "https://www.iana.org/assignments/media-types/"
PERSONAL = frozenset({"personal", "personal_sensitive"})


def catalogue(described: Described) -> Json:
    """The catalogue as one JSON-LD document."""
    at = _base(described)
    publisher = {"@id": f"{at}/publisher", "@type": "foaf:Agent", "foaf:name": described.company}
    sets = [_dataset(described, c) for c in described.contracts.values()]
    found: Json = {
        "@id": f"{at}/catalogue", "@type": "dcat:Catalog", **_titled(Label(f"{described.company}数据目录", f"Data catalogue of {described.company}")),
        **_told(Label("由数据契约导出的数据目录", "Data sets of the company, as their data contracts describe them")), "dct:publisher": publisher, "dct:language": ["zh", "en"],
        "dcat:themeTaxonomy": _domains(described), "dcat:dataset": sets,
    }
    if described.terms:
        found["dcat:record"] = [{"@id": f"{at}/record/glossary", "@type": "dcat:CatalogRecord", "foaf:primaryTopic": _glossary(described), "dct:modified": _moment(described)}]
    if described.url:
        found["dcat:service"] = [_service(described)]
    if described.moment:
        found["dct:modified"] = _moment(described)
    return {"@context": CONTEXT, **found}


def _base(described: Described) -> str:
    return described.url or f"urn:medthread:{slug(described.company)}"


def _moment(described: Described) -> Json:
    text = described.moment.isoformat() if described.moment else "1970-01-01T00:00:00+00:00"
    return {"@value": text, "@type": "xsd:dateTime"}


def _both(label: Label) -> list[Json]:
    return [{"@value": label.zh, "@language": "zh"}, {"@value": label.en, "@language": "en"}]


def _titled(label: Label) -> Json:
    return {"dct:title": _both(label)}


def _told(label: Label) -> Json:
    return {"dct:description": _both(label)}


def _domains(described: Described) -> Json:
    names = sorted({c.domain for c in described.contracts.values() if c.domain})
    scheme = f"{_base(described)}/domains"
    top = [{"@id": f"{scheme}/{n}", "@type": "skos:Concept", "skos:prefLabel": _both(DOMAINS.get(n, Label(n, n))), "skos:inScheme": {"@id": scheme}} for n in names]
    return {"@id": scheme, "@type": "skos:ConceptScheme", **_titled(Label("业务域", "Business domains")), "skos:hasTopConcept": top}


def _term(described: Described, name: str) -> str:
    return f"{_base(described)}/terms/{name}"


def _glossary(described: Described) -> Json:
    scheme = f"{_base(described)}/terms"
    concepts = []
    for name, term in described.terms.items():
        concept: Json = {
            "@id": _term(described, name), "@type": "skos:Concept", "skos:prefLabel": _both(Label(term.zh, term.en)), "skos:altLabel": list(term.synonyms), "skos:inScheme": {"@id": scheme},
            "skos:definition": _both(Label(term.definition.zh or term.definition.en, term.definition.en or term.definition.zh)),
        }
        if term.parent in described.terms:
            concept["skos:broader"] = {"@id": _term(described, str(term.parent))}
        concepts.append(concept)
    return {"@id": scheme, "@type": "skos:ConceptScheme", **_titled(Label("业务术语", "Glossary")), "skos:hasTopConcept": concepts}


def identifier(described: Described, subject: str) -> str:
    """The address of a data set."""
    return f"{_base(described)}/datasets/{subject}"


def _dataset(described: Described, contract: Contract) -> Json:
    table, at, columns = contract.there, _base(described), columns_of(contract)
    zh, _, en = table.get("description", "").partition("\n")
    levels = {c.classification for c in columns if c.classification}
    found: Json = {
        "@id": identifier(described, contract.subject), "@type": "dcat:Dataset", "dct:identifier": contract.subject, **_titled(contract.label), **_told(Label(zh or contract.label.zh, en or zh or contract.label.en)),
        "dct:publisher": {"@id": f"{at}/publisher"}, "dct:accessRights": _rights(levels), "dcat:keyword": [{"@value": s["synonym"], "@language": s.get("locale", "zh")} for s in table["synonyms"]],
        "dcat:contactPoint": [_contact(described, name, role) for name, role in owners_of(contract)], "dct:conformsTo": _standard(described, contract),
    }
    if contract.domain:
        found["dcat:theme"] = [{"@id": f"{at}/domains/{contract.domain}"}, *({"@id": _term(described, t)} for t in terms_of(contract))]
    if version := described.versions.get(contract.subject):
        found["dcat:version"] = version
    if described.url and contract.kind == "entity":
        found["dcat:distribution"] = [_distribution(described, contract, form) for form in ("json", "csv")]
    if levels & PERSONAL:
        found["dpv:hasPersonalData"] = {"@id": "dpv:SensitivePersonalData" if "personal_sensitive" in levels else "dpv:PersonalData"}
    derived = sorted({f.start.table for f in described.into.get(contract.table, ()) if f.start.table in described.tables})
    if derived:
        found["prov:wasDerivedFrom"] = [{"@id": identifier(described, described.tables[t].subject)} for t in derived]
    return found


def _rights(levels: set[str]) -> Json:
    """For whom it is: for everybody, for those let in, or, where it holds what is confidential or personal, for few."""
    word = "PUBLIC" if levels and levels <= {"public"} else "RESTRICTED" if levels <= {"public", "internal"} else "NON_PUBLIC"
    return {"@id": f"{RIGHTS}{word}", "@type": "dct:RightsStatement"}


def _contact(described: Described, name: str, role: str) -> Json:
    label = owner_label(name)
    return {"@id": f"{_base(described)}/owners/{name}", "@type": "vcard:Organization", "vcard:fn": label.zh if label.zh == label.en else f"{label.zh} · {label.en}", "vcard:role": role}


def _standard(described: Described, contract: Contract) -> Json:
    address = f"{described.url}/api/v1/contracts/{contract.subject}" if described.url else f"{_base(described)}/contracts/{contract.subject}"
    return {"@id": address, "@type": "dct:Standard", "dct:conformsTo": {"@id": ODCS, "@type": "dct:Standard"}}


def _distribution(described: Described, contract: Contract, form: str) -> Json:
    address = f"{described.url}/api/v1/entities/{contract.subject}" + (".csv" if form == "csv" else "")
    return {
        "@id": f"{identifier(described, contract.subject)}/{form}", "@type": "dcat:Distribution", "dcat:accessURL": {"@id": address}, "dcat:accessService": {"@id": f"{described.url}/api/v1"},
        "dcat:mediaType": {"@id": f"{MEDIA}{'text/csv' if form == 'csv' else 'application/json'}", "@type": "dct:MediaType"}, **_titled(Label(f"{contract.label.zh}({form.upper()})", f"{contract.label.en} ({form.upper()})")),
    }


def _service(described: Described) -> Json:
    return {
        "@id": f"{described.url}/api/v1", "@type": "dcat:DataService", **_titled(Label("医脉数据接口", "Medthread data interface")), "dcat:endpointURL": {"@id": f"{described.url}/api/v1"},
        "dcat:endpointDescription": {"@id": f"{described.url}/api/v1/openapi.json"}, "dcat:servesDataset": [{"@id": identifier(described, c.subject)} for c in described.contracts.values() if c.kind == "entity"],
    }
