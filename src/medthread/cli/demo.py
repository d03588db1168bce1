"""`medthread demo`: the demo company from nothing to a served console, with the truth beside the result."""

import json
import shutil
import time
from pathlib import Path
from typing import Annotated

import typer

from medthread.app import Installation, open_installation
from medthread.cli.demo_people import PASSWORD, make_people
from medthread.cli.playing import player
from medthread.cli.reckoning import Reckoning, reckon
from medthread.cli.serve import serve
from medthread.cli.speech import Bars, say
from medthread.cli.verdict import print_verdict
from medthread.model.errors import ConfigurationError
from medthread.model.sharing_file import FILE as SHARING
from medthread.pipeline.run import Outcome, run_pipeline
from medthread.stores.private import is_walked, make_way

DEMO_HOME = Path(".demo")
FEATURED = ("simulate", "ingest", "standardise", "match", "build", "release")


def demo(
    home: Annotated[Path, typer.Option("--home", help="演示工作区 · the demo workspace")] = DEMO_HOME,
    scale: Annotated[float, typer.Option(help="规模,1 约 20 万行 · size; 1 is about 200,000 rows")] = 1.0,
    seed: Annotated[int, typer.Option(help="随机种子 · random seed")] = 7,
    serve_: Annotated[bool, typer.Option("--serve/--no-serve", help="完成后启动控制台 · serve the console afterwards")] = True,
    story: Annotated[bool, typer.Option("--story/--no-story", help="让演示企业的人先做几件事 · let the company's people act first")] = True,
    report: Annotated[Path | None, typer.Option(help="写出 JSON 报告 · write the report as JSON")] = None,
    port: Annotated[int, typer.Option(help="0 选一个空闲的 · 0 picks a free one")] = 8000,
) -> None:
    """演示企业:模拟、接入、比对真相、启动控制台 · The demo company, end to end."""
    if not 0 < scale <= 100:  # noqa: PLR2004 - beyond that the simulator's objects do not fit in memory
        raise ConfigurationError(f"no scale {scale}", hint="choose more than 0 and at most 100")
    seconds = _simulate(home, scale=scale, seed=seed)
    with open_installation(home) as installation:
        accounts = make_people(installation)
        outcome = _run(installation)
        result = reckon(installation, home, outcome, simulate_seconds=seconds)
        print_verdict(result.report)
        if report:
            _write(report, result)
        if serve_:
            meanwhile = player(home, result.report, password=PASSWORD) if story else None
            serve(installation, port=port, accounts=accounts, meanwhile=meanwhile)


def mark_of(home: Path) -> Path:
    """The file that says which company lives there."""
    return home / "demo.json"


def _simulate(home: Path, *, scale: float, seed: int) -> float:
    """Make the company, unless this one is there already."""
    from medthread_demo import WORKSPACE, simulate  # noqa: PLC0415 - the simulator is no part of a served installation

    wanted = {"scale": scale, "seed": seed}
    mark = mark_of(home)
    if mark.exists() and json.loads(mark.read_text(encoding="utf-8")) == wanted:
        return 0.0
    if home.exists() and any(home.iterdir()):
        raise ConfigurationError(
            f"{home} holds something else", hint=f"remove it (rm -r {home}), or choose another --home for this scale and seed"
        )
    started = time.perf_counter()
    # Made aside and moved into place: an interrupted simulation leaves nothing that stands in the way of the next.
    fresh = home.resolve().parent / f".{home.resolve().name}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    make_way(fresh, walked=is_walked())
    (fresh / "sources").mkdir()
    for source in sorted((WORKSPACE / "sources").glob("*.yaml")):
        (fresh / "sources" / source.name).write_bytes(source.read_bytes())
    (fresh / SHARING).write_bytes((WORKSPACE / SHARING).read_bytes())
    (fresh / "models").mkdir()
    (fresh / "medthread.toml").write_text('name = "医脉演示企业"\ninbox = "inbox"\n', encoding="utf-8")
    with Bars() as bars:
        simulate(home=fresh, scale=scale, seed=seed, progress=lambda what, done, of: bars("simulate", done, of, what))
    mark_of(fresh).write_text(json.dumps(wanted), encoding="utf-8")
    if home.exists():
        home.rmdir()
    fresh.rename(home.resolve())
    return time.perf_counter() - started


def _run(installation: Installation) -> Outcome:
    with Bars() as bars:
        outcome = run_pipeline(installation.context(bars), by="demo", index_trace=installation.index_trace)
    if outcome.release is None:
        say("没有变化,沿用现有发布", "Nothing changed; the published release stands")
    return outcome


def _write(report: Path, result: Reckoning) -> None:
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(json.dumps(result.report, ensure_ascii=False, indent=1, default=str) + "\n", encoding="utf-8")
