"""`medthread profile`: what is in a table or a file, and the rules that it suggests."""

import json
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from medthread.app import Installation, open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import Bars, console, language, say
from medthread.governance.profiles import Kept, Suggestion, accept_suggestion, changes, take_profile, unsaid
from medthread.governance.sources import sample_of
from medthread.model import Label
from medthread.model.errors import ConfigurationError, NotFoundError
from medthread.pipeline.profile import ColumnProfile, Profile, Standing, profile_file, profile_sample, profiled_tables
from medthread.trust.operators import operator_name
from medthread.workflow import handle

Table = Annotated[str | None, typer.Argument(metavar="TABLE", help="表,如 golden.lot;省略则列出 · a table such as golden.lot; the tables there are when left out")]
KINDS = {
    "mobile": Label("手机号", "mobile number"), "identity": Label("居民身份号码", "identity number"), "email": Label("邮箱", "e-mail address"),
    "bank_card": Label("银行卡号", "bank card"), "person": Label("人名", "name of a person"), "address": Label("地址", "address"),
}
STANDINGS = {Standing.CLEAR: Label("", ""), Standing.MASKED: Label("取值打码", "values masked"), Standing.SEALED: Label("已加密", "sealed")}


def profile(
    table: Table = None, *, home: Home = HERE,
    file: Annotated[Path | None, typer.Option("--file", help="剖析尚无映射的文件 · a file that no mapping reads yet")] = None,
    sample: Annotated[str | None, typer.Option("--sample", metavar="SOURCE.TABLE", help="剖析来源中现在的几百行 · a few hundred rows as a source has them now")] = None,
    suggest: Annotated[bool, typer.Option("--suggest", help="列出建议的规则 · the rules that it suggests")] = False,
    accept: Annotated[str | None, typer.Option("--accept", metavar="RULE", help="接受一条建议,写入 rules/ · accept a suggested rule: it is written into rules/")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 · as JSON")] = False,
) -> None:
    """剖析一张表:类型、写法、分布、主键、疑似敏感列,并建议规则 · Profile a table: types, patterns, distributions, keys, suspected sensitive columns, and rules from it."""
    if len([n for n in (table, file, sample) if n is not None]) > 1:
        raise ConfigurationError("a profile is of one thing: a table, a file, or a sample", hint="leave the others out")
    with open_installation(home) as installation:
        if file is not None:
            made = profile_file(installation.context(), file, installation.releases.heads())
            _print(Kept(made, ()), as_json=as_json)
        elif sample is not None:
            source, _, name = sample.partition(".")
            rows = sample_of(installation.context(), source, name)
            _print(Kept(profile_sample(installation.context(), sample, rows, installation.releases.heads()), ()), as_json=as_json)
        elif table is None:
            _list(installation)
        else:
            kept = _taken(installation, table, again=accept is None, quietly=as_json)
            found = unsaid(kept.suggestions, installation.registry, installation.rules)
            if accept is not None:
                _accept(installation, found, accept)
            else:
                _print(kept, as_json=as_json, suggested=found if suggest else None)


def _taken(installation: Installation, table: str, *, again: bool, quietly: bool) -> Kept:
    kept, heads = None if again else installation.shelf.last(table), installation.releases.heads()
    if kept is not None:
        return kept
    if quietly:
        return take_profile(installation.context(), installation.shelf, table, heads)
    with Bars() as bars:
        return take_profile(installation.context(progress=bars), installation.shelf, table, heads)


def _list(installation: Installation) -> None:
    heads = installation.releases.heads()
    for table in profiled_tables(installation.context(), heads):
        kept = installation.shelf.last(table)
        moment = f"{kept.profile.at.astimezone():%Y-%m-%d %H:%M}" if kept else "-"
        console.print(f"{table:<44} {heads[table].rows:>12,}  {moment}", markup=False)


def _accept(installation: Installation, found: list[Suggestion], name: str) -> None:
    one = next((s for s in found if s.rule.name == name), None)
    if one is None:
        raise NotFoundError(f"no suggested rule {name!r}", hint="`medthread profile TABLE --suggest` lists those there are")
    by, folder = operator_name(), installation.workspace.rule_folder
    act = partial(accept_suggestion, context=installation.context(), folder=folder, found=one, by=by)
    handle(installation.store, by=by, action="rule.accept", object_=f"rule/{name}", act=act)
    say(f"已写入 rules/{name}.yaml", f"written into rules/{name}.yaml")


def _print(kept: Kept, *, as_json: bool, suggested: list[Suggestion] | None = None) -> None:
    if as_json:
        told = kept.profile.told() | {"changes": [vars(c) for c in changes(kept.before, kept.profile)] if kept.before else []}
        if suggested is not None:
            told["suggestions"] = [{"rule": s.rule.model_dump(mode="json", exclude_none=True, exclude={"origin"}), "checked": s.checked, "broken": s.broken, "rows": list(s.sample)} for s in suggested]
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    _tell(kept.profile)
    for changed in changes(kept.before, kept.profile) if kept.before else ():
        console.print(f"Δ {changed.column or kept.profile.table}  {changed.what}  {changed.before} → {changed.now}", markup=False)
    for one in suggested or ():
        console.print(f"+ {one.rule.name}  {one.rule.check.model_dump_json(exclude_none=True)}  {one.checked - one.broken:,} / {one.checked:,}  {one.why.in_(language())}", markup=False)
        for row in one.sample:
            console.print(f"    {row}", markup=False)
    if suggested is not None:
        say(f"{len(suggested)} 条建议的规则", f"{len(suggested)} suggested rules")


def _tell(made: Profile) -> None:
    sampled = "" if made.sampled == made.rows else f"({made.sampled / made.rows:.1%} 的行逐值查看)" if language() != "en" else f" ({made.sampled / made.rows:.1%} of the rows were looked at value by value)"
    say(f"{made.table}:{made.rows:,} 行,{len(made.columns)} 列{sampled},{made.seconds:g} 秒", f"{made.table}: {made.rows:,} rows, {len(made.columns)} columns{sampled}, {made.seconds:g} s")
    for column in made.columns:
        console.print(_line(column, made.rows), markup=False)
    for key in made.keys:
        double = f"  ({key.duplicates:,} {'double' if language() == 'en' else '行重复'})" if key.duplicates else ""
        console.print(f"{'key' if language() == 'en' else '键'}  {' + '.join(key.columns)}{double}", markup=False)
    for one in made.decides:
        console.print(f"{one.column} → {one.decided}  {one.share:.1%}", markup=False)
    for within in made.within:
        console.print(f"{within.column} ⊂ {within.table}.{within.field}  {within.share:.1%}", markup=False)


def _line(column: ColumnProfile, rows: int) -> str:
    filled = (rows - column.empty) / rows if rows else 0.0
    said = STANDINGS[column.standing].in_(language())
    forms = " ".join(p.form for p in column.patterns[:2]) if column.likely.value == "text" else f"{column.quantiles.get('p01', '')} … {column.quantiles.get('p99', '')}" if column.quantiles else ""
    told, suspect = " ".join(filter(None, (forms, said))), column.suspected
    mark = f"  ! {KINDS[suspect.kind].in_(language())} {suspect.share:.0%}" if suspect and not suspect.declared else ""
    return f"  {column.name:<28} {column.likely.value:<8} {filled:>7.1%} {column.distinct:>10,}  {told}{mark}"
