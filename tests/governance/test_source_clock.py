"""When sources are asked: by their schedule, later and later while they are away, and as soon as files lie still."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from medthread.app import Installation, open_installation
from medthread.governance.source_clock import SourceClock, last_asked
from medthread.model import Source, parse_source
from medthread.model.errors import ConflictError
from medthread.pipeline.context import Context
from medthread.workflow import Calendar
from tests.scenarios.company import write

NOON = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)  # a Friday, noon in Shanghai
FILES = """
name: wms
zh: 仓储
en: WMS
owner: logistics
org: T
schedule: {as: files arrive}
tables:
  stock: {files: "stock*.csv", format: csv, feeds: [{entity: item, fields: {code: code, name: name}}]}
"""
BASE = """
name: erp
zh: 企业资源计划
en: ERP
owner: purchasing
org: T
url: sqlite:///PATH
schedule: {every: 5 min}
tables:
  item: {table: item, feeds: [{entity: item, fields: {code: code, name: name}}]}
"""


def source(**schedule: Any) -> Source:
    given = {"name": "a", "zh": "甲", "en": "a", "owner": "it", "org": "T", "url": "sqlite:///x.db", "schedule": schedule, "tables": {"t": {"table": "t"}}}
    return parse_source(given, origin="a.yaml")


def nothing() -> Context:
    raise AssertionError


CLOCK = SourceClock(nothing, Calendar(holidays=frozenset({(NOON + timedelta(days=3)).date()})), run=lambda: None)


@pytest.mark.parametrize(("failures", "minutes"), [(0, 5), (1, 10), (2, 20), (3, 40), (4, 60), (1000, 60)])
def test_a_source_that_is_away_is_asked_more_rarely_up_to_an_hour(failures: int, minutes: int) -> None:
    assert CLOCK.next(source(every="5 min"), asked=NOON, failures=failures) == NOON + timedelta(minutes=minutes)


def test_one_that_is_rarely_asked_is_asked_as_rarely_when_it_failed() -> None:
    assert CLOCK.next(source(every="1 d"), asked=NOON, failures=5) == NOON + timedelta(days=1)


def test_a_time_of_day_keeps_the_calendar() -> None:
    daily = source(at="06:30")
    worked = source(at="06:30", on="workdays")
    assert CLOCK.next(daily, asked=NOON, failures=0) == datetime(2026, 11, 27, 22, 30, tzinfo=UTC)
    assert CLOCK.next(worked, asked=NOON, failures=0) == datetime(2026, 11, 30, 22, 30, tzinfo=UTC), "Monday is a holiday"
    assert CLOCK.next(worked, asked=NOON, failures=1) == NOON + timedelta(minutes=5)


def test_what_was_never_asked_is_due_and_what_waits_for_files_never_is() -> None:
    due = CLOCK.next(source(every="5 min"), asked=None, failures=0)
    assert due is not None
    assert due < NOON
    assert CLOCK.next(source(**{"as": "files arrive"}), asked=NOON, failures=0) is None


class House:
    """An installation whose clock is looked at by hand."""

    def __init__(self, installation: Installation) -> None:
        self.installation, self.runs, self.busy = installation, 0, False
        self.clock = SourceClock(installation.context, Calendar(), run=self.run)

    def run(self) -> None:
        if self.busy:
            raise ConflictError("a run is under way", hint="wait")
        self.runs += 1

    def asked(self) -> int:
        """Let those that are asked answer."""
        for asking in self.clock._asking.values():
            asking.join()
        return last_asked(self.installation.context(), self.installation.sources[0])[1]


def home(tmp_path: Path, mapping: str) -> Path:
    folder = tmp_path / "home"
    (folder / "sources").mkdir(parents=True)
    (folder / "inbox").mkdir()
    (folder / "medthread.toml").write_text('name = "试验"\n', encoding="utf-8")
    (folder / "sources" / "a.yaml").write_text(mapping.replace("PATH", str(tmp_path / "erp.db")), encoding="utf-8")
    return folder


def test_a_file_is_taken_in_once_it_lies_still(tmp_path: Path) -> None:
    folder = home(tmp_path, FILES)
    with open_installation(folder) as installation:
        house = House(installation)
        assert not house.clock.look(NOON)
        path = write(folder / "inbox" / "stock1.csv", "code,name", [("S1", "台架")])
        write(folder / "inbox" / "~$stock1.csv", "x", [])
        assert not house.clock.look(NOON), "it may still be written"
        with path.open("a") as out:
            out.write("S2,丝杆\n")
        os.utime(path, ns=(1, 1))
        assert not house.clock.look(NOON), "it was still written"
        house.busy = True
        with pytest.raises(ConflictError):
            house.clock.look(NOON)
        house.busy = False
        assert house.clock.look(NOON), "what could not be taken in while a run was under way is not forgotten"
        assert not house.clock.look(NOON)
        assert house.runs == 1


def test_a_database_is_asked_when_it_is_due_and_a_run_follows_where_it_has_news(tmp_path: Path) -> None:
    folder = home(tmp_path, BASE)
    with open_installation(folder) as installation:
        house = House(installation)
        now = datetime.now(UTC)
        assert not house.clock.look(now)
        assert house.asked() == 1, "there is no such database"
        assert not house.clock.look(now + timedelta(minutes=9))
        assert house.asked() == 1, "it is not asked again so soon"
        with closing(sqlite3.connect(tmp_path / "erp.db")) as base, base:
            base.execute("create table item (code text, name text)")
            base.execute("insert into item values ('M1', '泵')")
        house.clock.look(now + timedelta(minutes=11))
        assert house.asked() == 0
        assert house.clock.look(now + timedelta(minutes=12))
        assert house.runs == 1
