"""`medthread run` and `medthread ingest`: what arrived is taken in, as far as readers or as far as the standard layer."""

from typing import Annotated

import typer

from medthread.app import open_installation
from medthread.cli.loads import tell_loads, tell_refused
from medthread.cli.options import HERE, Home
from medthread.cli.speech import Bars, say
from medthread.pipeline.run import run_pipeline, take_in
from medthread.trust.operators import operator_name


def run(home: Home = HERE, source: Annotated[str | None, typer.Option(help="只读一个来源 · one source only")] = None) -> None:
    """接入、标准化、匹配、建模、发布 · Take in what arrived and bring it to readers. Exit code 2: some files are refused."""
    with open_installation(home) as installation:
        with Bars() as bars:
            outcome = run_pipeline(
                installation.context(bars), by=operator_name(), index_trace=installation.index_trace, only=source)
        installation.upkeep.when_due()
        refused = tell_refused(installation, outcome.unanswered)
        if not installation.sources:
            say("sources/ 中还没有映射,没有读取任何文件", "There is no mapping in sources/ yet: no file was read")
    if outcome.release:
        say(f"已发布 {outcome.release},写入 {outcome.rows_written:,} 行", f"Published {outcome.release}, {outcome.rows_written:,} rows")
    else:
        say("没有变化", "Nothing changed")
    if refused:
        raise typer.Exit(2)


def ingest(home: Home = HERE, source: Annotated[str | None, typer.Option(help="来源 · source")] = None) -> None:
    """只接入到标准层并报告各文件的结局 · Take files in as far as the standard layer and say how each ended. Exit code 2: some are refused."""
    with open_installation(home) as installation:
        with Bars() as bars:
            taken = take_in(installation.context(bars), by=operator_name(), only=source)
        tell_loads(installation)
        refused = tell_refused(installation, taken.unanswered)
    if taken.rows_written:
        say("读者尚未看到;medthread run 完成匹配、建模与发布", "Readers do not see it yet: `medthread run` matches, builds and publishes")
    else:
        say("没有新数据", "Nothing new")
    if refused:
        raise typer.Exit(2)
