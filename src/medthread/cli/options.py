"""Options that many commands have."""

from pathlib import Path
from typing import Annotated

import typer

Home = Annotated[Path, typer.Option("--home", envvar="MEDTHREAD_HOME", help="工作区 · the workspace folder")]
HERE = Path()
