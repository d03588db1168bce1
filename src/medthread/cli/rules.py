"""`medthread rule`: the quality rules, one of them closely with its verdicts, a trial on the data there is."""

from typing import Annotated

import typer

from medthread.app import Installation, open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, language, say
from medthread.governance.rule_library import OWN, ListedRule, by_rule, listed
from medthread.model import Label
from medthread.model.errors import NotFoundError
from medthread.pipeline.judge import State, Verdict, try_rules
from medthread.pipeline.judge.verdict import latest, since

rules = typer.Typer(no_args_is_help=True, help="质量规则 · Quality rules: list them, look at one, try it on the data there is.")
Name = Annotated[str, typer.Argument(metavar="RULE", help="规则 · the rule's id")]
MARKS = {State.HOLDS: "✓", State.TOLERATED: "~", State.BROKEN: "✗", State.LEARNING: "…", State.FAILED: "!"}
STATES = {
    State.HOLDS: Label("成立", "holds"), State.TOLERATED: Label("在容差内", "within its tolerance"), State.BROKEN: Label("不成立", "broken"),
    State.LEARNING: Label("正在积累历史", "learning"), State.FAILED: Label("无法检验", "could not be asked"),
}
SHOWN = 20


@rules.command("list")
def list_rules(
    *, home: Home = HERE, all_: Annotated[bool, typer.Option("--all", help="包括产品自带的规则 · those of the software too")] = False,
) -> None:
    """列出企业自己的规则及最近一次判定 · List the company's own rules and how each was found last."""
    with open_installation(home) as installation:
        with installation.store.transaction() as tx:
            found = by_rule(latest(tx))
        chosen = [r for r in listed(installation.registry, installation.rules) if all_ or r.origin == OWN]
    for one in chosen:
        verdicts = found.get(one.id, [])
        told = one.told(verdicts)
        mark = MARKS[State(told["state"])] if told["state"] else "-"
        console.print(f"{mark} {one.id:<44} {told['broken']:>10,} / {told['checked']:<12,} {one.point.value:<11} {one.gate:<10} {one.label.in_(language())}", markup=False)
    say(f"{len(chosen)} 条规则", f"{len(chosen)} rules")


@rules.command("show")
def show(name: Name, home: Home = HERE) -> None:
    """看一条规则:含义、位置、后果、历次判定 · One rule: what it means, where it is tried, what it does, its verdicts."""
    with open_installation(home) as installation:
        one = _named(installation, name)
        with installation.store.transaction() as tx:
            verdicts = since(tx, name, limit=SHOWN)
    lang = language()
    console.print(f"{one.id}  {one.label.in_(lang)}", markup=False)
    say(f"维度:{one.dimension.value}  位置:{one.point.value}  后果:{one.gate}  责任:{one.owner}  严重度:{one.severity.value}  容差:{one.tolerance:g}  版本:{one.version}",
        f"dimension: {one.dimension.value}  at: {one.point.value}  gate: {one.gate}  owner: {one.owner}  severity: {one.severity.value}  tolerance: {one.tolerance:g}  version: {one.version}")
    if one.own is not None:
        console.print(f"{one.own.origin}: {one.own.check.model_dump_json(exclude_none=True)}", markup=False)
    if not verdicts:
        say("还没有判定过", "Never tried yet")
    for verdict in verdicts:
        _tell(verdict)


@rules.command("test")
def try_own(
    names: Annotated[list[str] | None, typer.Argument(metavar="RULE", help="规则名;省略则全部自有规则 · names; all of one's own when left out")] = None,
    home: Home = HERE,
) -> None:
    """在现有数据上试自有规则,不留记录,不拦任何东西 · Try one's own rules on the data there is; nothing is kept or stopped. Exit code 3: some do not hold."""
    with open_installation(home) as installation:
        known = {r.name: r for r in installation.rules}
        for name in names or []:
            if name not in known:
                raise NotFoundError(f"no rule {name!r} in rules/", hint="`medthread rule list` shows those there are")
        verdicts = try_rules(installation.context(), [known[n] for n in names or known], installation.releases.heads())
    for verdict in verdicts:
        _tell(verdict)
    failed = sum(v.stops for v in verdicts)
    say(f"{len(verdicts)} 条规则,{failed} 条不成立", f"{len(verdicts)} rules, {failed} do not hold")
    if failed:
        raise typer.Exit(3)


def _named(installation: Installation, name: str) -> ListedRule:
    for one in listed(installation.registry, installation.rules):
        if one.id == name:
            return one
    raise NotFoundError(f"no rule {name!r}", hint="`medthread rule list --all` shows those there are")


def _tell(verdict: Verdict) -> None:
    moment = f"{verdict.at.astimezone():%Y-%m-%d %H:%M:%S}  " if verdict.at else ""
    measure = f"  = {verdict.measure:g}" if verdict.measure is not None else ""
    console.print(f"{MARKS[verdict.state]} {moment}{verdict.rule}  {verdict.asset}  {verdict.broken:,} / {verdict.checked:,}{measure}  {STATES[verdict.state].in_(language())}", markup=False)
    for name in verdict.sample:
        console.print(f"    {name}", markup=False)
    if verdict.message:
        console.print(f"    {verdict.message}", markup=False)
