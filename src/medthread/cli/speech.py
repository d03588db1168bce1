"""What the command line says: Chinese or English by the reader's locale, progress only on a terminal."""

import os
import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from medthread.model import Label

STAGES = {
    "simulate": Label("模拟企业", "Simulate"),
    "ingest": Label("接入", "Ingest"),
    "standardise": Label("标准化与质量", "Standardise"),
    "match": Label("主数据匹配", "Match"),
    "build": Label("建模", "Build"),
    "release": Label("发布", "Release"),
    "profile": Label("剖析", "Profile"),
}
console = Console(highlight=False, soft_wrap=True)


def language() -> str:
    """`zh-CN` unless the reader's locale names another language."""
    chosen = os.environ.get("MEDTHREAD_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "en" if chosen.lower().startswith("en") else "zh-CN"


def say(zh: str, en: str) -> None:
    """One line, in the reader's language."""
    console.print(Label(zh, en).in_(language()), markup=False)


class Bars:
    """Progress: bars on a terminal, one plain line a stage otherwise."""

    def __init__(self) -> None:
        self._tasks: dict[str, TaskID] = {}
        self._told: set[str] = set()
        self._live = sys.stdout.isatty()
        columns = (
            TextColumn("{task.description:<14}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            TextColumn("{task.fields[what]}"),
        )
        self._progress = Progress(*columns, console=console, disable=not self._live, transient=False)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._progress.stop()

    def __call__(self, stage: str, done: int, total: int, what: str = "") -> None:
        """How far a stage is."""
        name = STAGES[stage].in_(language()) if stage in STAGES else stage
        if not self._live:
            if stage not in self._told:
                self._told.add(stage)
                console.print(f"{name} …", markup=False)
            return
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(name, total=total or None, what="")
        self._progress.update(self._tasks[stage], completed=done, total=total or None, what=what[-40:])
