"""`medthread init`: a workspace, and what lies in it from the beginning."""

from pathlib import Path
from typing import Annotated

import typer

from medthread.cli.speech import say
from medthread.model.errors import ConfigurationError
from medthread.stores.private import OWN, is_walked, make_way, tighten
from medthread.workspace import SETTINGS

TEMPLATE = """# 医脉工作区 · A Medthread workspace.
name = "{name}"
# 来源文件到达的文件夹 · where source files arrive
inbox = "inbox"
"""


def init(folder: Annotated[Path, typer.Argument(help="新工作区 · the new folder")]) -> None:
    """建立工作区 · Make a workspace: settings, sources, models, policies, processes, rules, inbox."""
    if folder == Path():
        raise ConfigurationError("name a folder", hint="for example: medthread init mycompany")
    if (folder / SETTINGS).exists():
        raise ConfigurationError(f"{folder} is a workspace already", hint="use it, or choose another folder")
    try:
        make_way(folder.resolve(), walked=is_walked())
        for part in ("sources", "models", "policies", "processes", "rules", "inbox"):
            (folder / part).mkdir(mode=OWN, exist_ok=True)
        (folder / SETTINGS).write_text(TEMPLATE.format(name=folder.resolve().name), encoding="utf-8")
        tighten(folder.resolve(), inbox=folder.resolve() / "inbox")
    except OSError as error:
        raise ConfigurationError(f"{folder} cannot be made: {error.strerror}", hint="choose another folder, or look who owns it") from error
    say(f"已建立 {folder}。把映射写进 sources/,把文件放进 inbox/,然后 medthread run --home {folder}",
        f"Made {folder}. Write mappings into sources/, put files into inbox/, then: medthread run --home {folder}")
