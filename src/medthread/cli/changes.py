"""`medthread change`: what governs the data, as it holds; what was proposed, with its diff; and proposing what a file says. Another person decides, in person, in the console."""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from medthread.app import Installation, open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, language, say
from medthread.governance.dictionary.changes import Change, changes_of, proposals, propose
from medthread.governance.governed import GOVERNED, mappings, rules
from medthread.governance.governed.governed import listed
from medthread.governance.governed.words import MAPPING, RULE, subject_of
from medthread.governance.quality_index import today_in
from medthread.governance.sources import difference
from medthread.model.errors import InvalidError
from medthread.model.yaml_file import parse_yaml
from medthread.trust.operators import operator_name
from medthread.workflow import handle

changes = typer.Typer(no_args_is_help=True, help="规则、映射、阈值与保存期限的变更 · Changes of rules, mappings, thresholds and retention.")
Kind = Annotated[str | None, typer.Option("--kind", help="quality_rule, mapping, threshold, retention, term, definition, code")]
On = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="某一天 · as approved by a day")]
Reason = Annotated[str, typer.Option("--reason", help="理由 · why")]


@changes.command("list")
def list_changes(home: Home = HERE, kind: Kind = None) -> None:
    """列出提议,待定的在前 · List what was proposed, what waits first."""
    with open_installation(home) as installation, installation.store.transaction() as tx:
        found = proposals(tx, kind=kind)
    for p in found:
        console.print(f"{p['proposal']}  {p['state']:<9} {p['effective_from']}  {p['proposed_by']} → {p['decided_by'] or '–'}  {', '.join(p['subjects'][:3])}  {p['reason']}", markup=False, soft_wrap=True)
    say(f"{len(found)} 个提议", f"{len(found)} proposals")


@changes.command("show")
def show(proposal: Annotated[str, typer.Argument(metavar="PROPOSAL")], home: Home = HERE) -> None:
    """看一项提议:每项变更的前后 · One proposal: every change of it, before and after."""
    with open_installation(home) as installation, installation.store.transaction() as tx:
        rows = changes_of(tx, proposal)
        for r in rows:
            declared = installation.governed.declared(r.kind, r.subject) if r.kind in GOVERNED else None
            console.print(r.subject, markup=False)
            for line in difference(*(_text(_told(installation, r.kind, c or declared)) for c in (r.before, r.after))):
                console.print(f"  {line}", markup=False, soft_wrap=True)
    first = rows[0]
    say(f"{first.state}  自 {first.effective_from}  {first.proposed_by} → {first.decided_by or '–'}:{first.reason}", f"{first.state}  from {first.effective_from}  {first.proposed_by} → {first.decided_by or '–'}: {first.reason}")


@changes.command("standing")
def standing(home: Home = HERE, kind: Kind = None, on: On = None) -> None:
    """列出现行内容:来自文件或某项批准;未生效的说明原因 · What holds: of a file or an approval; what is not in force says why."""
    with open_installation(home) as installation:
        with installation.store.transaction() as tx:
            force = installation.governed.on(tx, on.date() if on else installation.governed.today)
        for one in (s for k in GOVERNED if kind in (None, k) for s in listed(force, k)):
            by = f"{one.since} {one.proposed_by} → {one.approved_by}  {one.proposal}" if one.proposal else "–"
            console.print(f"{one.subject:<44} {by}  {', '.join(one.notes)}", markup=False, soft_wrap=True)
        for note in force.notes:
            if note.why is not None:
                console.print(f"! {note.subject}: {note.why.told(language()).message}", markup=False, soft_wrap=True)
    say(f"{len(force.notes)} 处未按文件或批准生效", f"{len(force.notes)} not in force as a file or an approval says")


@changes.command("propose")
def propose_files(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="规则或映射的 YAML;省略则为工作区全部文件 · YAML of rules or of a mapping; all files of the workspace where none is named")] = None,
    *, home: Home = HERE, reason: Reason,
) -> None:
    """把文件所写的规则与映射作为一项提议;另一人在控制台批准 · Propose what files say of rules and mappings as one; another person approves in the console."""
    with open_installation(home) as installation:
        wanted = [c for f in files for c in _of_file(f)] if files else _of_workspace(installation)
        found = [c for kind, name, content in wanted if (c := installation.governed.change(kind, subject_of(kind, name), content)) is not None]
        id_ = _propose(installation, found, reason)
    say(f"已提议:{id_},{len(found)} 项变更,待另一人批准", f"Proposed: {id_}, {len(found)} changes; it waits for another person")


def _propose(installation: Installation, found: list[Change], reason: str) -> str:
    by, today = operator_name(), today_in(installation.workspace.calendar().zone)
    act = partial(propose, by=by, changes=found, reason=reason, on=today, today=today)
    return handle(installation.store, by=by, action="definition.propose", object_="definition", act=act)


def _of_file(path: Path) -> list[tuple[str, str, dict[str, Any]]]:
    """A file with `tables` maps a source; else it holds a rule or several."""
    data = parse_yaml(path.read_text(encoding="utf-8"), file=path.name)
    items = data if isinstance(data, list) else [data]
    if not items or not all(isinstance(i, dict) and i.get("name") for i in items):
        raise InvalidError(f"{path.name} holds neither rules nor a mapping", hint="a file as in rules/ or sources/ of a workspace")
    return [(MAPPING, str(i["name"]), {mappings.WHOLE: i}) if "tables" in i else (RULE, str(i["name"]), {rules.WHOLE: i}) for i in items]


def _of_workspace(installation: Installation) -> list[tuple[str, str, dict[str, Any]]]:
    """Everything that files say and nobody approved."""
    force = installation.governed.refresh()
    told = [(s, kind) for kind in GOVERNED for s in listed(force, kind) if s.proposal is None and s.content is not None]
    return [(kind, s.subject.partition(":")[2], dict(s.content or {})) for s, kind in told]


def _told(installation: Installation, kind: str, content: dict[str, Any] | None) -> dict[str, Any] | None:
    return installation.governed.told(kind, content) if kind in GOVERNED else content


def _text(content: dict[str, Any] | None) -> str:
    return "" if content is None else str(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=200))
