"""The interface on the command line: write its description down, compare two descriptions."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from medthread import __version__
from medthread.api.server import routed
from medthread.app import declared
from medthread.cli.speech import console, language, say
from medthread.derive import asyncapi_of
from medthread.methods.compatibility import Change, Verdict, compare_asyncapi, compare_openapi, objections
from medthread.model import Rulebook
from medthread.model.errors import InvalidError, NotFoundError
from medthread.model.yaml_file import read_yaml

interface = typer.Typer(no_args_is_help=True, help="接口 · The interface: describe it, compare two descriptions.")
OPENAPI, ASYNCAPI = "openapi.json", "asyncapi.json"
MARKS = {Verdict.BREAKING: "✗", Verdict.NOT_JUDGED: "?", Verdict.COMPATIBLE: "·"}
BROKEN = 3
Description = dict[str, Any]


def descriptions() -> dict[str, Description]:
    """What this version offers, by the name of its file."""
    registry, _ = declared()
    events = asyncapi_of(registry, Rulebook.declared(registry), version=__version__)
    return {OPENAPI: routed().openapi(), ASYNCAPI: events}


def written(description: Description) -> str:
    """As it is kept in a file."""
    return json.dumps(description, ensure_ascii=False, indent=1) + "\n"


def compared(old: Any, new: Any) -> list[Change]:
    """Two descriptions of one kind, whichever the newer one is."""
    if isinstance(new, dict) and "asyncapi" in new:
        return compare_asyncapi(old, new)
    return compare_openapi(old, new, today=datetime.now(UTC).date())


@interface.command("diff")
def diff(
    old: Annotated[Path, typer.Argument(help="旧描述(JSON 或 YAML)· the older description, JSON or YAML")],
    new: Annotated[Path, typer.Argument(help="新描述 · the newer one")],
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 · machine-readable")] = False,
) -> None:
    """比较两份接口描述:破坏、兼容或无法判断 · Compare two descriptions: breaking, compatible or not judged. Exit code 3: clients may break."""
    changes = compared(_read(old), _read(new))
    if as_json:
        rows = [{"at": c.at, "rule": c.rule, "verdict": c.verdict.value, "zh": c.label.zh, "en": c.label.en, "before": c.before, "after": c.after} for c in changes]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    else:
        _tell(changes)
    if any(c.verdict is not Verdict.COMPATIBLE for c in changes):
        raise typer.Exit(BROKEN)


@interface.command("describe")
def describe(to: Annotated[Path, typer.Option(help="写到哪个文件夹 · the folder to write to")] = Path("docs/api")) -> None:
    """写下本版本的接口描述 · Write down what this version offers. Exit code 3: it would break clients and the version does not say so."""
    if not to.is_dir():
        raise NotFoundError(f"no folder {to}", hint="make it, or name another with --to")
    for name, description in descriptions().items():
        path = to / name
        if path.is_file():
            _permit(_read(path), description, name)
        path.write_text(written(description), encoding="utf-8")
        say(f"已写 {path}", f"Wrote {path}")


def _permit(released: Any, description: Description, name: str) -> None:
    old, new = (str(d.get("info", {}).get("version", "")) for d in (released, description))
    refused = objections(compared(released, description), old=old, new=new)
    if refused:
        _tell(refused)
        say(f"{name}:版本仍是 {new},不能替换已发布的描述", f"{name}: the version is still {new}; what was released is not replaced")
        raise typer.Exit(BROKEN)


def _tell(changes: Sequence[Change]) -> None:
    for change in changes:
        shown = " → ".join(json.dumps(v, ensure_ascii=False)[:200] for v in (change.before, change.after) if v is not None)
        console.print(f"{MARKS[change.verdict]} {change.at}: {change.label.in_(language())} [{change.rule}] {shown}".rstrip(), markup=False)
    counts = [sum(c.verdict is v for c in changes) for v in MARKS]
    say(f"破坏 {counts[0]},无法判断 {counts[1]},兼容 {counts[2]}", f"{counts[0]} breaking, {counts[1]} not judged, {counts[2]} compatible")


def _read(path: Path) -> Any:
    if not path.is_file():
        raise NotFoundError(f"no file {path}", hint="name an OpenAPI or AsyncAPI description in JSON or YAML")
    if path.suffix in (".yaml", ".yml"):
        return read_yaml(path)
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise InvalidError(f"{path}: {str(error)[:200]}", hint="it is no JSON; a YAML file ends in .yaml") from error
