"""The demo company's people at work: played once, through the public interface, while the console is served."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from medthread.cli.speech import say

PLAYED = "story.json"


def player(home: Path, report: dict[str, Any], *, password: str) -> Callable[[int], None] | None:
    """What plays the story on a port; nothing where it was played before, or the company's trace has no lot to begin with."""
    mark, lot, item = home / PLAYED, report["trace"].get("lot"), report["trace"].get("item")
    if mark.exists() or not lot or not item:
        return None

    def perform(port: int) -> None:
        from medthread_demo.story import Refused, Stage, play  # noqa: PLC0415 - the simulator is no part of a served installation

        say("企业开始工作(可边看边用):", "The company goes to work (look on, or join in):")
        try:
            play(Stage(port, password, item, lot, say))
        except (Refused, OSError) as error:
            say(f"  故事中断:{error}", f"  The story stopped: {error}")
            return
        mark.write_text("{}", encoding="utf-8")
        say("  其余的事在各自的收件箱里", "  The rest lies in the inboxes")

    return perform
