"""`medthread model`: the models, one of them closely, its cases, its versions."""

from collections.abc import Iterable
from typing import Annotated

import typer

from medthread.app import Installation, open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, language, say
from medthread.model.errors import NotFoundError
from medthread.pipeline.build.built import Built, heads
from medthread.pipeline.build.case import Tried, try_cases
from medthread.pipeline.build.expectation import Finding
from medthread.pipeline.build.known import known_models
from medthread.pipeline.build.model import Model
from medthread.pipeline.build.versions import history, in_force

models = typer.Typer(no_args_is_help=True, help="模型 · Models: list them, look at one, try its cases.")
Name = Annotated[str, typer.Argument(metavar="MODEL", help="模型名 · the model's name")]


@models.command("list")
def list_models(home: Home = HERE) -> None:
    """列出模型 · List the models: rows, seconds of the last build, version in force."""
    with open_installation(home) as installation:
        with installation.store.transaction() as tx:
            made, versions = heads(tx), in_force(tx)
        for model in installation.models:
            there, version = made.get(model.table), versions.get(model.name)
            facts = f"{there.rows:>12,}  {there.seconds:8.2f} s" if there else f"{'-':>12}  {'-':>10}"
            console.print(f"{model.name:<32} {facts}  v{version.version if version else 0}  {model.label.in_(language())}", markup=False)


@models.command("show")
def show(name: Name, home: Home = HERE) -> None:
    """看一个模型:含义、列、检验结果、版本 · One model: what it means, its columns, how its tests went, its versions."""
    with open_installation(home) as installation:
        model = _named(installation, name)
        with installation.store.transaction() as tx:
            versions = history(tx, name)
        known = known_models(installation.context(), installation.models)[name]
        there = known.made
    lang = language()
    console.print(f"{model.name}  {model.label.in_(lang)}\n{model.meaning.in_(lang)}", markup=False)
    say(f"负责:{model.owner}  一行是:{', '.join(model.grain) or '一件事'}  读取:{', '.join(model.reads)}",
        f"owner: {model.owner}  one row is: {', '.join(model.grain) or 'an event'}  reads: {', '.join(model.reads)}")
    if there is None:
        say("尚未构建", "Not built yet")
    else:
        _tell_built(there)
        _tell_findings(known.findings.values())
    if known.held:
        say(f"被挡下:{known.held.rows:,} 行", f"Held back: {known.held.rows:,} rows")
        _tell_findings([f for f in known.held.findings if f.failed])
    for v in versions:
        console.print(f"v{v.version}  {v.applied_at.astimezone():%Y-%m-%d %H:%M:%S %z}  {v.applied_by}  {v.verdict}{' -' if v.retired else ''}  {v.reason or ''}".rstrip(), markup=False)


@models.command("test")
def try_models(
    names: Annotated[list[str] | None, typer.Argument(metavar="MODEL", help="模型名;省略则全部 · names; all when left out")] = None,
    home: Home = HERE,
) -> None:
    """试给定与期望的用例 · Try the cases of models: rows given, rows expected. Exit code 3: some do not hold."""
    with open_installation(home) as installation:
        chosen = [_named(installation, n) for n in names] if names else list(installation.models)
        tried = try_cases(chosen, installation.models, installation.registry)
    for one in tried:
        _tell_tried(one)
    failed = sum(not t.holds for t in tried)
    say(f"{len(tried)} 个用例,{failed} 个不成立", f"{len(tried)} cases, {failed} do not hold")
    if failed:
        raise typer.Exit(3)


def _named(installation: Installation, name: str) -> Model:
    for model in installation.models:
        if model.name == name:
            return model
    raise NotFoundError(f"no model {name!r}", hint="`medthread model list` shows those there are")


def _tell_built(there: Built) -> None:
    say(f"{there.rows:,} 行,{there.seconds:.2f} 秒", f"{there.rows:,} rows, {there.seconds:.2f} s")
    for name, kind in there.columns:
        console.print(f"  {name} {kind}", markup=False)


def _tell_findings(findings: Iterable[Finding]) -> None:
    for finding in findings:
        mark = "✓" if not finding.failed else "✗" if finding.blocks else "!"
        more = f"  {finding.failed:,}: {'; '.join(finding.rows)}" if finding.failed else ""
        console.print(f"{mark} {finding.condition}{more}", markup=False)


def _tell_tried(one: Tried) -> None:
    console.print(f"{'✓' if one.holds else '✗'} {one.model}: {one.label.in_(language())}", markup=False)
    for row in one.missing:
        console.print(f"    - {row}", markup=False)
    for row in one.extra:
        console.print(f"    + {row}", markup=False)
    if one.error:
        console.print(f"    {one.error}", markup=False)
