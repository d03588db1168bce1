"""How files ended: one line each, and what is refused with its reason."""

from collections.abc import Sequence

from medthread.app import Installation
from medthread.cli.speech import console, language, say
from medthread.model.wording import worded
from medthread.pipeline.collect import Collected
from medthread.pipeline.ingest import unnamed_files

REFUSED = ("rejected", "blocked")


def tell_loads(installation: Installation) -> None:
    """Every file: how it ended, rows read, accepted and held."""
    say("结局              读入       接受       隔离  文件", "ended             read   accepted       held  file")
    for load in installation.loads():
        figures = "".join(f"{load[n] or 0:>11,}" for n in ("rows_read", "rows_accepted", "rows_quarantined"))
        console.print(f"{load['status']:<11}{figures}  {load['file']}", markup=False, soft_wrap=True)


def tell_refused(installation: Installation, unanswered: Sequence[Collected] = ()) -> bool:
    """What waits for somebody: sources that gave no answer, files refused, files that no mapping names; whether anything was refused."""
    for asked in unanswered:
        assert asked.error is not None  # noqa: S101 - that is what makes it unanswered
        said, hint = worded(asked.error.message, language()), worded(asked.error.hint, language())
        console.print(f"! {asked.source}.{asked.table}: {said}\n  {hint}", markup=False)
    refused = [load for load in installation.loads() if load["status"] in REFUSED]
    for load in refused:
        said, hint = (worded(load["message"].get(n, ""), language()) for n in ("text", "hint"))
        named = said if load["file"] in said else f"{load['file']}: {said}"
        console.print(f"! {named}\n  {hint}", markup=False)
    for name in unnamed_files(installation.sources, installation.workspace.inbox):
        say(f"? {name}:没有映射读取它", f"? {name}: no mapping reads it")
    return bool(refused or unanswered)
