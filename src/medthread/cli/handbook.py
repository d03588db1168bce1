"""`medthread handbook`: the issues of the data definition handbook, a new draft, an issue as a file."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from medthread.api.routes.handbook import content_now
from medthread.app import open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, say
from medthread.governance.handbook import html_of
from medthread.governance.handbook.typeset import pdf_of
from medthread.model.errors import InvalidError, NotFoundError
from medthread.trust.operators import operator_name
from medthread.workflow import handle

handbook = typer.Typer(no_args_is_help=True, help="数据口径手册 · The data definition handbook: its issues, a new draft, an issue as a file.")
Words = Annotated[str, typer.Option("--language", help="zh 或 en · zh or en")]


@handbook.command("list")
def list_issues(home: Home = HERE) -> None:
    """列出手册各版 · List the issues of the handbook."""
    with open_installation(home) as installation, installation.services(None) as services, services.store.transaction() as tx:
        found = services.issues.listed(tx)
    for i in found:
        console.print(f"{i['id']}  {i['state']:<10} {i['as_of']}  {i['signed']}/{i['chapters']}  {i['changes']:>5}  {i['release'] or '–'}  {i['content_hash']}", markup=False)
    say(f"{len(found)} 版", f"{len(found)} issues")


@handbook.command("draft")
def draft(reason: Annotated[str, typer.Option("--reason", help="编制理由 · why it is made")], home: Home = HERE) -> None:
    """按现行口径编制下一版草案;签署与批准在控制台由本人进行 · Draft the next version; it is signed and put in force in the console, in person."""
    with open_installation(home) as installation, installation.services(None) as services:
        made, by = content_now(services), operator_name()
        act = partial(services.issues.draft, by=by, content=lambda: made, reason=reason)
        id_ = handle(services.store, by=by, action="handbook.draft", object_="handbook", act=act)
    say(f"草案 {id_}", f"Draft {id_}")


@handbook.command("write")
def write(
    to: Annotated[Path, typer.Argument(metavar="FILE", help="写到 .html 或 .pdf · an .html or .pdf file")], home: Home = HERE, *,
    issue: Annotated[str | None, typer.Option("--issue", help="哪一版;省略则最新 · which issue; the newest when left out")] = None, language: Words = "zh",
) -> None:
    """把一版手册写成 HTML 或 PDF/A 文件 · Write an issue as one HTML file or as PDF/A."""
    if to.suffix.lower() not in (".html", ".pdf") or language not in ("zh", "en"):
        raise InvalidError(f"{to.name!r} in {language!r} cannot be written", hint="name an .html or .pdf file, and zh or en")
    with open_installation(home) as installation, installation.services(None) as services, services.store.transaction() as tx:
        named = issue or next((i["id"] for i in services.issues.listed(tx)), None)
        if named is None:
            raise NotFoundError("there is no issue of the handbook yet", hint="medthread handbook draft --reason '…' makes one")
        found = services.issues.issue(tx, named)
        to.write_bytes(html_of(found, language=language) if to.suffix.lower() == ".html" else pdf_of(found, language=language, fonts=services.handbook.fonts))
    say(f"{found.id} → {to}({to.stat().st_size:,} 字节)", f"{found.id} → {to} ({to.stat().st_size:,} bytes)")
