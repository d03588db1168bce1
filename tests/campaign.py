"""How long the campaigns run, said in one place: short in `pytest`, long in `pytest --soak`; and what they counted, told at the end.

A campaign is a test that takes the fixture `campaign`. `--soak` runs the campaigns alone.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

COMMANDS = {False: 2_600, True: 100_000}
KILLS = {False: 20, True: 200}
SEEDS = {False: 3, True: 100}
PROPERTY = "campaign: "
LOG = logging.getLogger("campaign")


@dataclass(frozen=True)
class Campaign:
    """How many commands by people, how many kills of each victim, how many histories by chance, and where the count goes."""

    commands: int
    kills: int
    seeds: int
    _keep: Callable[[str, object], None]

    def tell(self, **counted: object) -> None:
        """Say what was counted, for the summary at the end of the run."""
        for what, count in counted.items():
            self._keep(PROPERTY + what.replace("_", " "), _words(count))  # in words: what tells of it may be another process

    def progress(self, done: int, of: int) -> None:
        """Say how far it is, ten times."""
        if done % max(of // 10, 1) == 0:
            LOG.info("%d of %d", done, of)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("campaigns")
    group.addoption("--soak", action="store_true", help="run the campaigns alone, and long")
    group.addoption("--commands", type=int, help=f"commands of a random run ({COMMANDS[False]:,}; {COMMANDS[True]:,} with --soak)")
    group.addoption("--seeds", type=int, help=f"histories by chance ({SEEDS[False]}; {SEEDS[True]} with --soak)")
    group.addoption("--kills", type=int, help=f"kills of each victim ({KILLS[False]}; {KILLS[True]} with --soak)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--soak"):
        return
    others = [i for i in items if "campaign" not in getattr(i, "fixturenames", ())]
    items[:] = [i for i in items if "campaign" in getattr(i, "fixturenames", ())]
    config.hook.pytest_deselected(items=others)


@pytest.fixture
def campaign(pytestconfig: pytest.Config, record_property: Callable[[str, object], None]) -> Campaign:
    soak = bool(pytestconfig.getoption("--soak"))
    counts = (pytestconfig.getoption(f"--{name}") or default[soak] for name, default in (("commands", COMMANDS), ("kills", KILLS), ("seeds", SEEDS)))
    return Campaign(*counts, record_property)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, ()):
            told = [(k.removeprefix(PROPERTY), v) for k, v in report.user_properties if k.startswith(PROPERTY)]
            if told and report.when == "call":
                terminalreporter.section(f"campaign {report.nodeid}: {outcome} in {report.duration:,.0f} s", sep="-")
                for what, count in told:
                    terminalreporter.line(f"{what}: {count}")


def _words(count: object) -> str:
    if isinstance(count, Mapping):
        return ", ".join(f"{k} {_words(v)}" for k, v in sorted(count.items(), key=lambda kv: (-kv[1], kv[0])))
    return f"{count:,}" if isinstance(count, int) else str(count)
