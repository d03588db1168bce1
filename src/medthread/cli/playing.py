"""The demo company's people at work: played once, through the public interface, while the console is served."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from medthread.cli.speech import say

BEGUN = "story.json"


def player(home: Path, report: dict[str, Any], *, password: str) -> Callable[[int], None] | None:
    """What plays the chapters that were not begun yet; nothing where all were, or the company's trace has no lot to begin with."""
    from medthread_demo.story import CHAPTERS, Refused, Stage  # noqa: PLC0415 - the simulator is no part of a served installation

    mark, lot, item = home / BEGUN, report["trace"].get("lot"), report["trace"].get("item")
    begun: list[str] = json.loads(mark.read_text(encoding="utf-8")) if mark.exists() else []
    waiting = [c for c in CHAPTERS if c not in begun]
    if not waiting or not lot or not item:
        return None

    def perform(port: int) -> None:
        say("企业开始工作(可边看边用):", "The company goes to work (look on, or join in):")
        for chapter in waiting:
            begun.append(chapter)  # before it is played: one that broke off half-way is not played twice
            mark.write_text(json.dumps(begun), encoding="utf-8")
            try:
                CHAPTERS[chapter](Stage(port, password, item, lot, say))
            except (Refused, OSError) as error:
                say(f"  这一章中断:{error}", f"  This chapter broke off: {error}")
        say("  其余的事在各自的收件箱里", "  The rest lies in the inboxes")

    return perform
