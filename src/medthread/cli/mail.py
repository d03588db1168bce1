"""Mail on the command line: try the server out, see what waits."""

import uuid
from typing import Annotated

import typer

from medthread.app import open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, language, say
from medthread.model import Label
from medthread.model.errors import ConfigurationError
from medthread.stores.messengers import Letter
from medthread.workflow.notices import counts

mail = typer.Typer(no_args_is_help=True, help="邮件通知 · Notices by mail.")
SUBJECT = Label("医脉:试发", "Medthread: a trial")
TEXT = Label("收到这封邮件,说明医脉可以发出通知。\n\n{address}\n", "This mail arrived: Medthread can send notices.\n\n{address}\n")


@mail.command("try")
def try_(address: Annotated[str, typer.Argument(help="收件地址 · to whom")], home: Home = HERE) -> None:
    """按 medthread.toml 中 mail 一节发一封试发邮件 · Send a trial letter as the section mail of medthread.toml says."""
    with open_installation(home) as installation:
        settings = installation.mail()
    if settings is None:
        raise ConfigurationError("no mail server is configured", hint="write [mail] with host and sender into medthread.toml (operations guide)")
    spoken = language()
    settings.messenger().send(Letter(uuid.uuid4().hex, address, SUBJECT.in_(spoken), TEXT.in_(spoken).format(address=settings.address)))
    say(f"已交给 {settings.server.host}", f"handed over to {settings.server.host}")


@mail.command("status")
def status(home: Home = HERE) -> None:
    """还有多少通知未发 · How many notices wait, and how the others ended."""
    with open_installation(home) as installation, installation.store.transaction() as tx:
        found = counts(tx)
    for outcome, count in sorted(found.items()):
        console.print(f"{outcome} {count}", markup=False)
