"""The handbook as one HTML file: it loads nothing from anywhere, prints well, and is the same for the same issue."""

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from medthread.governance.handbook.issue import DRAFT, Issue
from medthread.governance.handbook.phrases import printed

_STYLE = """
body{font:15px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:#14212b;max-width:76rem;margin:2rem auto;padding:0 1.5rem}
h1{font-size:2rem}h2{margin-top:3rem;border-bottom:2px solid #0a5c80}h3{margin-top:2rem;color:#0a5c80}h4{margin:1.4rem 0 .3rem}
table{border-collapse:collapse;width:100%;margin:.6rem 0 1.2rem;font-size:13px}th,td{border:1px solid #c8d0d6;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#e2eef4}code,pre{font:12px/1.5 ui-monospace,Consolas,monospace}pre{background:#f4f6f8;padding:.8rem;white-space:pre-wrap;overflow-wrap:anywhere}
.draft{background:#fff4dc;border:2px solid #8a5a00;color:#6b4700;padding:.6rem 1rem;font-weight:600}.quiet{color:#56616b}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{color:#56616b}dd{margin:0;overflow-wrap:anywhere}
nav a{display:block}nav a.inner{padding-left:1.5rem;font-size:13px}
@media print{body{max-width:none;margin:0;font-size:10pt}h2{break-before:page}table{font-size:8pt}tr,h3,h4{break-inside:avoid}nav a{color:inherit;text-decoration:none}@page{size:A4;margin:18mm 15mm}}
"""


def html_of(issue: Issue, *, language: str) -> bytes:
    """The whole issue."""
    return "\n".join(_page(printed(issue, language))).encode()


def _page(d: dict[str, Any]) -> Iterator[str]:
    w = d["words"]
    yield f'<!doctype html><html lang="{"en" if d["language"] == "en" else "zh-CN"}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
    yield f'<title>{escape(w["title"])} {escape(d["id"])}</title><style>{_STYLE}</style></head><body><header><h1>{escape(w["title"])}</h1>'
    if d["state"] == DRAFT:
        yield f'<p class="draft">{escape(w["state.draft"])}</p>'
    facts = ("company", d["company"]), ("number", d["number"]), ("version", d["version"]), ("state", w[f"state.{d['state']}"]), ("in_force_at", d["in_force_at"]), ("as_of", d["as_of"])
    more = ("release", d["release"] or "–"), ("prepared", d["prepared_by"]), ("hash", d["content_hash"]), ("gaps", f"{d['gaps']['without_meaning']} / {d['gaps']['columns']}")
    yield _facts(w, [*facts, *more]) + "</header>"
    yield f'<h2 id="signatures">{escape(w["signatures"])}</h2>'
    yield _table([w[n] for n in ("chapter", "role", "signer", "meaning_of", "when", "hash", "stands")], (
        [s["label"], s["role"], s["signer"] or w["open"], s["meaning"], s["at"], s["hash"], "" if s["stands"] is None else w["yes"] if s["stands"] else w["no"]] for s in d["sign_page"]))
    yield f"<h2>{escape(w['contents'])}</h2><nav><a href=\"#changes\">{escape(w['changes'])}</a>"
    for chapter in d["chapters"]:
        yield f'<a href="#c-{chapter["name"]}">{escape(chapter["label"])}</a>'
        yield "".join(f'<a class="inner" href="#{escape(e["subject"])}">{escape(e["label"])}</a>' for part in ("entities", "models") for e in chapter[part])
    yield f'</nav><h2 id="changes">{escape(w["changes"])}</h2>'
    yield from _changes(d)
    for chapter in d["chapters"]:
        yield from _chapter(chapter, w)
    yield "</body></html>"


def _changes(d: dict[str, Any]) -> Iterator[str]:
    w = d["words"]
    if d["since"] is None or not d["changes"]:
        yield f"<p>{escape(w['first'] if d['since'] is None else w['none'])}</p>"
        return
    yield f'<p class="quiet">{escape(d["since"])} → {escape(d["id"])}</p>'
    yield _table([w["name"], w["technical_name"], w["kind"], w["before"], w["after"]], (row for c in d["changes"] for row in change_rows(c, w)))


def change_rows(change: dict[str, Any], words: dict[str, str]) -> Iterator[list[str]]:
    """A change as lines: one for each thing that differs."""
    head = [change["label"], change["subject"], words[f"kind.{change['kind']}"]]
    for one in change["what"] or [None]:
        yield [*head, f"{_said(one, words)}: {one['before']}" if one else "", f"{_said(one, words)}: {one['after']}" if one else ""]


def _said(one: dict[str, Any], words: dict[str, str]) -> str:
    return words.get(one["name"], str(one["name"]))


def _chapter(c: dict[str, Any], w: dict[str, str]) -> Iterator[str]:
    yield f'<h2 id="c-{c["name"]}">{escape(c["label"])}</h2><p class="quiet">{escape(w["hash"])}: <code>{c["hash"]}</code></p>'
    if "index" in c:
        yield f"<h3>{escape(w['index'])}</h3><p>{escape(c['index']['formula'])}</p><p>{escape(w['whole_index'])}: {c['index']['whole'] or '–'}</p>"
        yield _table([w["dimension"], w["index"]], ([d["label"], d["index"]] for d in c["index"]["dimensions"]))
    if c["terms"]:
        yield f"<h3>{escape(w['terms'])}</h3>"
        yield _table([w[n] for n in ("name", "meaning", "synonyms", "status", "owner", "parent", "bound", "see", "since")], (
            [t["label"], t["meaning"] or "", ", ".join(t["synonyms"]), w[f"status.{t['status']}"], t["owner"], t["parent"] or "", ", ".join(t["bound"]), ", ".join(t["see"]), t["since"]] for t in c["terms"]))
    for part in ("entities", "models"):
        if c[part]:
            yield f"<h3>{escape(w[part])}</h3>"
        for one in c[part]:
            yield from (_entity if part == "entities" else _model)(one, w)
    if c["codes"]:
        yield f"<h3>{escape(w['codes'])}</h3>"
        for one in c["codes"]:
            yield f"<h4>{escape(one['label'])}</h4>" + _table([w["code"], w["name"]], ([v["code"], v["label"]] for v in one["codes"]))
    if c["rules"]:
        yield f"<h3>{escape(w['rules'])}</h3>"
        yield _table([w[n] for n in ("rule", "meaning", "dimension", "gate", "owner", "version")], (
            [r["id"], r["label"], r["dimension"], w.get(f"gate.{r['gate']}", r["gate"]), r["owner"], r["version"]] for r in c["rules"]))


def _head(one: dict[str, Any], w: dict[str, str], more: Iterable[tuple[str, Any]]) -> str:
    said = [("owner", one["owner"]), ("steward", one["steward"]), ("technical", one["technical"]), ("synonyms", ", ".join(one["synonyms"])), *more, ("since", one["since"]), ("declared", one["declared"])]
    return (f'<h4 id="{escape(one["subject"])}">{escape(one["label"])} <code>{escape(one["subject"])}</code></h4><p>{escape(one["meaning"] or w["no_meaning"])}</p>'
            + _facts(w, [(n, v) for n, v in said if v]))


def _entity(e: dict[str, Any], w: dict[str, str]) -> Iterator[str]:
    yield _head(e, w, [("key", ", ".join(e["key"])), ("retention", e["retention"])])
    yield _table([w[n] for n in ("name", "technical_name", "meaning", "kind", "classification", "reference", "standard", "synonyms")], (field_row(f, w) for f in e["fields"]))


def field_row(f: dict[str, Any], w: dict[str, str]) -> list[str]:
    """A field as a line of a table."""
    marks = [f["kind"], *([f["unit"]] if f["unit"] else []), *([w["key"]] if f["key"] else []), *([w["required"]] if f["required"] else [])]
    own = f"({w['since']} {f['since']})" if f["since"] else ""
    return [f["label"], f["subject"].rpartition(".")[2], " ".join(filter(None, (f["meaning"], own))), " · ".join(marks), w[f"class.{f['classification']}"], f["reference"] or "",
            f["standard"] or "", ", ".join([*f["synonyms"], *f["terms"]])]


def _model(m: dict[str, Any], w: dict[str, str]) -> Iterator[str]:
    yield _head(m, w, [("grain", ", ".join(m["grain"])), ("reads", ", ".join(m["reads"])), ("version", m["version"]), ("tests", "; ".join(m["tests"]))])
    if m["columns"]:
        yield _table([w["columns"], w["kind"], w["meaning"]], ([c["subject"].rpartition(".")[2], c["kind"], c["meaning"] or w["no_meaning"]] for c in m["columns"]))
    yield f"<details open><summary>{escape(w['statement'])}</summary><pre>{escape(m['text'])}</pre></details>"


def _facts(w: dict[str, str], facts: Iterable[tuple[str, Any]]) -> str:
    return "<dl>" + "".join(f"<dt>{escape(w[n])}</dt><dd>{escape(str(v))}</dd>" for n, v in facts) + "</dl>"


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return "<table><thead><tr>" + "".join(f'<th scope="col">{escape(h)}</th>' for h in head) + f"</tr></thead><tbody>{body}</tbody></table>"
