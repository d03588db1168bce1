"""Putting open cases onto a company's own version of a process, as an operator does it."""

from dataclasses import replace
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from medthread.app import open_installation
from medthread.cli import main
from medthread.model import Registry, State
from medthread.stores.postgres.tables import audit_event, process_case
from medthread.stores.serving import LakeReader
from medthread.trust.operators import operator_name
from medthread.workflow import create_native
from medthread.workflow.cases import DEFINITION
from medthread.workspace import Workspace
from tests.registry import registry

pytestmark = pytest.mark.usefixtures("own_database")


def migrate(workspace: Workspace, *more: str, reason: str = "新规程") -> int:
    with pytest.raises(SystemExit) as end:
        main(["process", "migrate", "task", "--home", str(workspace.home), "--reason", reason, *more])
    return int(end.value.code or 0)


def second_version(own: Registry) -> dict[str, Any]:
    """The shipped process of a task with `open` called `waiting`."""
    shipped = own["task"].about.process
    assert shipped is not None
    (begin,) = shipped.initial
    renamed = replace(shipped, version=2, initial=("waiting",), states=tuple(State("waiting", "待办", "Waiting") if s.name == begin else s for s in shipped.states),
                      transitions=tuple(replace(t, from_=tuple("waiting" if f == begin else f for f in t.from_), to="waiting" if t.to == begin else t.to) for t in shipped.transitions))
    return {"record": "task", **DEFINITION.dump_python(renamed, mode="json", exclude_defaults=True)}


def test_open_cases_are_moved_for_a_reason_or_not_at_all(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    with open_installation(workspace.home) as before:
        reader = LakeReader(before.releases)
        with before.store.transaction() as tx:
            for n in range(2):
                create_native(tx, before.commands(reader), entity="task", values={"subject": f"第 {n} 件", "role": "qa"}, by="cli")
            begin = tx.execute(select(process_case.c.state)).scalars().first()
        reader.close()
    (workspace.home / "processes" / "task.yaml").write_text(yaml.safe_dump(second_version(registry()), allow_unicode=True), encoding="utf-8")
    assert migrate(workspace) == 1
    assert f"有在办记录处于 {begin}，而版本 2 没有这些状态" in capsys.readouterr().err
    assert migrate(workspace, reason=" ") == 1
    assert migrate(workspace, "--state", f"{begin}=nowhere") == 1
    assert migrate(workspace, "--state", "waiting") == 1
    told = capsys.readouterr().err
    assert all(w in told for w in ("必须说明原因", "没有状态 'nowhere'", "请写成“旧=新”"))
    assert migrate(workspace, "--state", f"{begin}=waiting") == 0
    with open_installation(workspace.home) as after, after.store.transaction() as tx:
        assert {tuple(r) for r in tx.execute(select(process_case.c.version, process_case.c.state))} == {(2, "waiting")}
        rows = tx.execute(select(audit_event).where(audit_event.c.action == "process.migrate").order_by(audit_event.c.seq)).all()
        assert [(r.actor, r.outcome) for r in rows] == [(operator_name(), o) for o in ("refused", "refused", "done", "done")]
        assert {r.reason for r in rows if r.outcome == "done"} == {"新规程"}
