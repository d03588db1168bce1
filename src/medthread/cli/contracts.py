"""`medthread contract`: contracts given out and as they are now, two of them compared, those of others held against ours; the catalogue for others."""

import json
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from medthread.api import contracted
from medthread.api.described import described
from medthread.api.services import Services
from medthread.app import open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, language, say
from medthread.governance.catalogue import FORMATS, catalogue_text
from medthread.governance.contracts.kept import promised, version_of, versions
from medthread.governance.contracts.others import OfOthers, Part, keep_one, kept, let_go, of_others
from medthread.governance.contracts.reading import read_contract
from medthread.governance.contracts.writing import as_yaml
from medthread.methods.contracts import BOTH, READERS, Difference, Verdict, compare
from medthread.model import Label
from medthread.model.errors import InvalidError
from medthread.trust.operators import operator_name
from medthread.workflow import handle

contract = typer.Typer(no_args_is_help=True, help="数据契约 · Data contracts: given out, compared, those of others held against ours; the catalogue for other tools.")
MARKS = {Verdict.BREAKING: "✗", Verdict.NOT_JUDGED: "?", Verdict.COMPATIBLE: "+", Verdict.DESCRIPTION: "·"}
BROKEN = 3
VersionOption = Annotated[str | None, typer.Option("--version", help="已给出的版本;省略则为现在的内容 · one that was given out; as it is now when left out")]
JsonOption = Annotated[bool, typer.Option("--json", help="机器可读 · for machines")]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="ODCS 文件(YAML 或 JSON)· an ODCS file, YAML or JSON")]
PartOption = Annotated[Part, typer.Option("--as", help="consumer 消费方的期望,source 来源方的承诺 · what a consumer expects, what a source promises")]
SubjectOption = Annotated[str, typer.Option("--of", help="对象、marts.模型,或 来源.表 · an entity, marts.model, or source.table")]


@contract.command("list")
def list_contracts(home: Home = HERE) -> None:
    """列出数据契约:已给出的版本,现在发布会给出的版本 · List contracts: the version given out, what a release now would make of it."""
    with open_installation(home) as installation, installation.services(None) as services, services.store.transaction() as tx:
        found, _ = services.contracts.standing(tx)
    for one in found.values():
        pending = f"→ {one.next} {one.verdict.value} {len(one.differences)}" if one.verdict else ""
        console.print(f"{one.contract.subject:<32} {one.promised.version if one.promised else '–':<8} {one.contract.label.in_(language())}  {pending}".rstrip(), markup=False)
    say(f"{len(found)} 份契约", f"{len(found)} contracts")


@contract.command("show")
def show(subject: Annotated[str, typer.Argument(help="对象或 marts.模型 · an entity or marts.model")], home: Home = HERE, version: VersionOption = None) -> None:
    """按 ODCS 3.2.0 显示一份数据契约 · Show a data contract as ODCS 3.2.0."""
    with open_installation(home) as installation, installation.services(None) as services:
        console.print(as_yaml(_content(services, f"{subject}@{version}" if version else subject)), markup=False, end="")


@contract.command("export")
def export(
    to: Annotated[Path, typer.Argument(metavar="FOLDER", file_okay=False, help="写到此文件夹 · into this folder")], home: Home = HERE, *,
    given_out: Annotated[bool, typer.Option("--given-out", help="最近给出的版本,而非现在的内容 · the versions given out last, not as they are now")] = False,
) -> None:
    """把全部数据契约各写成一个文件 · Write every contract into a file of its own."""
    with open_installation(home) as installation, installation.services(None) as services:
        if given_out:
            with services.store.transaction() as tx:
                found = {s: v.content for s, v in promised(tx).items() if v.content is not None}
        else:
            found = {s: c.content for s, c in services.contracts.now().items()}
    to.mkdir(parents=True, exist_ok=True)
    for subject, content in found.items():
        (to / f"{subject}.odcs.yaml").write_text(as_yaml(content), encoding="utf-8")
    say(f"{len(found)} 份契约 → {to}", f"{len(found)} contracts → {to}")


@contract.command("versions")
def list_versions(subject: str, home: Home = HERE) -> None:
    """列出一份契约的历次版本与差异 · List the versions of a contract with what differed."""
    with open_installation(home) as installation, installation.store.transaction() as tx:
        found = versions(tx, subject)
    for one in found:
        console.print(f"{one.version:<8} {one.verdict.value if one.verdict else '–':<12} {one.release}  {one.at:%Y-%m-%d %H:%M}", markup=False)
        _tell(one.differences)
    say(f"{len(found)} 个版本", f"{len(found)} versions")


@contract.command("diff")
def diff(
    before: Annotated[str, typer.Argument(help="文件、对象或 对象@版本 · a file, a subject, or subject@version")], after: Annotated[str, typer.Argument(help="同上 · likewise")],
    home: Home = HERE, *, readers: Annotated[bool, typer.Option("--readers", help="只看读者一方 · for readers alone")] = False, as_json: JsonOption = False,
) -> None:
    """比较两份契约:破坏、无法判断、兼容或仅文字 · Compare two contracts. Exit code 3: something breaks, or could not be judged."""
    files = [Path(name) for name in (before, after)]
    sides = READERS if readers else BOTH
    if all(f.is_file() for f in files):
        found = compare(*(read_contract(f.read_bytes(), name=f.name) for f in files), sides=sides)
    else:
        with open_installation(home) as installation, installation.services(None) as services:
            found = compare(*(read_contract(f.read_bytes(), name=f.name) if f.is_file() else _content(services, str(f)) for f in files), sides=sides)
    if as_json:
        console.print(json.dumps(contracted.differences(found), ensure_ascii=False, indent=1), markup=False)
    else:
        _tell(found)
        say(f"{len(found)} 处差异", f"{len(found)} differences")
    if any(d.verdict in (Verdict.BREAKING, Verdict.NOT_JUDGED) for d in found):
        raise typer.Exit(BROKEN)


@contract.command("check")
def check(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", exists=True, dir_okay=False, help="ODCS 文件;省略则检查已保存的全部 · a file; all that are kept when left out")] = None, home: Home = HERE, *,
    part: PartOption = Part.CONSUMER, subject: Annotated[str | None, typer.Option("--of", help="对象、marts.模型,或 来源.表 · an entity, marts.model, or source.table")] = None, as_json: JsonOption = False,
) -> None:
    """检查他方契约是否与我方相符;不保存 · Hold contracts of others against ours; nothing is kept. Exit code 3: one is broken."""
    with open_installation(home) as installation, installation.services(None) as services:
        if file is None:
            with services.store.transaction() as tx:
                asked = list(kept(tx).values())
        else:
            asked = [_read(services, file, file.stem, part, subject or "", owner="", blocks=False)]
        found = [{**contracted.of_others_line(one), "check": contracted.checked(services, one, language())} for one in asked]
    if as_json:
        console.print(json.dumps(found, ensure_ascii=False, default=str, indent=1), markup=False)
    else:
        for one in found:
            _tell_check(one)
        say(f"检查了 {len(found)} 份他方契约", f"{len(found)} contracts of others were looked at")
    if any(one["check"]["verdict"] == Verdict.BREAKING.value for one in found):
        raise typer.Exit(BROKEN)


@contract.command("import")
def take_in(
    file: FileArgument, subject: SubjectOption, home: Home = HERE, *, part: PartOption = Part.CONSUMER,
    name: Annotated[str | None, typer.Option("--name", help="保存时用的名称;省略则用文件名 · its name; the file's when left out")] = None,
    owner: Annotated[str, typer.Option("--owner", help="我方由谁负责 · who of ours answers to them")] = "platform",
    blocks: Annotated[bool, typer.Option("--blocks", help="会破坏它的发布不给读者看 · a release that would break it is kept from readers")] = False,
) -> None:
    """保存一份他方契约;消费方的期望从此每次发布都检查 · Keep a contract of others; a consumer's is held against every release from here on."""
    by = operator_name()
    with open_installation(home) as installation, installation.services(None) as services:
        one = _read(services, file, name or file.name.partition(".")[0], part, subject, owner=owner, blocks=blocks, by=by)
        handle(services.store, by=by, action="contract.keep", object_=f"contract/{one.name}", act=partial(keep_one, one=one))
        _tell_check({**contracted.of_others_line(one), "check": contracted.checked(services, one, language())})
    say(f"已保存:{one.name}", f"Kept: {one.name}")


@contract.command("drop")
def drop(name: str, reason: Annotated[str, typer.Option("--reason", help="原因 · why")], home: Home = HERE) -> None:
    """不再保存一份他方契约 · Keep a contract of others no longer."""
    by = operator_name()
    with open_installation(home) as installation:
        handle(installation.store, by=by, action="contract.let_go", object_=f"contract/{name}", act=partial(let_go, name=name, by=by, reason=reason))
    say(f"不再保存:{name}", f"No longer kept: {name}")


@contract.command("catalogue")
def catalogue(
    form: Annotated[str, typer.Argument(metavar="FORM", help=" | ".join(FORMATS))], to: Annotated[Path, typer.Argument(metavar="FILE", help="写到此文件 · into this file")], home: Home = HERE,
) -> None:
    """为 DataHub、OpenMetadata 或 DCAT 导出目录 · Write the catalogue for DataHub, OpenMetadata or as DCAT 3."""
    if form not in FORMATS:
        raise InvalidError(f"there is no catalogue of the form {form!r}", hint=f"there are: {', '.join(FORMATS)}")
    with open_installation(home) as installation, installation.services(None) as services:
        text = catalogue_text(form, described(services))
    to.write_text(text, encoding="utf-8")
    say(f"目录 → {to}({len(text.encode()):,} 字节)", f"Catalogue → {to} ({len(text.encode()):,} bytes)")


def _read(services: Services, file: Path, name: str, part: Part, subject: str, *, owner: str, blocks: bool, by: str = "") -> OfOthers:
    document = read_contract(file.read_bytes(), name=file.name)
    return contracted.of_something(services, of_others(document, name=name, kind=part, subject=subject, owner=owner, blocks=blocks, by=by))


def _content(services: Services, name: str) -> dict[str, Any]:
    subject, _, version = name.partition("@")
    if not version:
        return services.contracts.one(subject).content
    with services.store.transaction() as tx:
        return version_of(tx, subject, version).content or {}


def _tell(found: Iterable[Difference]) -> None:
    order = list(Verdict)
    for one in sorted(found, key=lambda d: order.index(d.verdict)):
        told = contracted.difference(one)
        values = "" if one.before is None and one.after is None else f"  {told['before'] or '–'} → {told['after'] or '–'}"
        console.print(f"  {MARKS[one.verdict]} {one.at}: {one.label.in_(language())}{values}", markup=False)


def _tell_check(one: dict[str, Any]) -> None:
    said, lang = one["check"], language()
    console.print(f"{MARKS[Verdict(said['verdict'])]} {one['name']} ({one['subject']})", markup=False)
    if said["fault"]:
        console.print(f"  ✗ {said['fault']}", markup=False)
    for field in said["fields"]:
        console.print(f"  {MARKS[Verdict(field['verdict'])]} {field['field'] or '*'}", markup=False)
        for told in field["differences"]:
            label = Label(told["label"]["zh"], told["label"]["en"])
            console.print(f"      {MARKS[Verdict(told['verdict'])]} {label.in_(lang)}  {told['before'] or '–'} → {told['after'] or '–'}", markup=False)
    for column in said["columns"]:
        label = Label(column["label"]["zh"], column["label"]["en"])
        place = " → ".join(filter(None, (column["column"], column["field"]))) or "*"
        console.print(f"  {MARKS[Verdict(column['verdict'])]} {place}: {label.in_(lang)} {column['detail'] or ''}".rstrip(), markup=False)
