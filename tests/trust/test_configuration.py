"""Changed files of a workspace leave a row in the log when it is opened: which, with their hashes, and who opened it."""

import hashlib
from typing import Any

import pytest
from sqlalchemy import event, select

from medthread.app import Installation, open_installation
from medthread.model.errors import DeclarationError
from medthread.stores.postgres import Store
from medthread.stores.postgres.tables import audit_event
from medthread.trust.configuration import tell_configuration
from medthread.trust.operators import operator_name
from medthread.workspace import Workspace

POLICY = '@id("ours.no_auditor") forbid (principal in Role::"auditor", action == Action::"quarantine:read", resource);'


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def told(installation: Installation) -> list[Any]:
    with installation.store.transaction() as tx:
        return list(tx.execute(select(audit_event).where(audit_event.c.action == "configuration.change").order_by(audit_event.c.seq)))


@pytest.mark.usefixtures("own_database")
def test_files_that_are_new_changed_or_gone_are_told_with_their_hashes(workspace: Workspace) -> None:
    settings, own = workspace.home / "medthread.toml", workspace.home / "policies" / "own.cedar"
    with open_installation(workspace.home) as first:
        (begun,) = told(first)
    assert begun.detail["new"] == sorted(begun.after) == sorted(workspace.files())
    assert begun.actor == operator_name()
    with open_installation(workspace.home) as same:
        assert len(told(same)) == 1, "nothing changed, nothing is told"

    before, after = settings.read_text(encoding="utf-8"), settings.read_text(encoding="utf-8") + "\n[accounts]\nshortest_password = 14\n"
    settings.write_text(after, encoding="utf-8")
    own.parent.mkdir(exist_ok=True)
    own.write_text(POLICY, encoding="utf-8")
    (workspace.home / "policies" / "notes.txt").write_text("no policy", encoding="utf-8")
    (workspace.home / "sharing.toml").write_text("", encoding="utf-8")
    with open_installation(workspace.home) as changed:
        row = told(changed)[-1]
    assert row.detail == {"new": ["policies/own.cedar", "sharing.toml"], "changed": ["medthread.toml"]}
    assert row.before == {"medthread.toml": sha(before)}
    assert (row.after["medthread.toml"], row.after["policies/own.cedar"], row.object, row.outcome) == (sha(after), sha(POLICY), "configuration", "done")

    own.unlink()
    with open_installation(workspace.home) as gone:
        rows = told(gone)
    assert (len(rows), rows[-1].detail, rows[-1].before) == (3, {"gone": ["policies/own.cedar"]}, {"policies/own.cedar": sha(POLICY)})


@pytest.mark.usefixtures("own_database")
def test_files_that_cannot_be_meant_took_no_effect_and_are_not_told(workspace: Workspace) -> None:
    with open_installation(workspace.home):
        pass
    (workspace.home / "policies").mkdir(exist_ok=True)
    (workspace.home / "policies" / "own.cedar").write_text("permit (principal", encoding="utf-8")
    with pytest.raises(DeclarationError), open_installation(workspace.home):
        pytest.fail("it opened")
    (workspace.home / "policies" / "own.cedar").unlink()
    with open_installation(workspace.home) as mended:
        assert len(told(mended)) == 1


def test_nothing_changed_is_one_question_and_no_row(store: Store) -> None:
    files = {"medthread.toml": "a" * 64}
    with store.transaction() as tx:
        assert tell_configuration(tx, files, by="cli:lihua")
    asked: list[str] = []
    with store.transaction() as tx:
        event.listen(tx, "before_cursor_execute", lambda _c, _k, statement, *_: asked.append(statement))
        assert not tell_configuration(tx, files, by="cli:wang")
    assert len(asked) == 1
    assert asked[0].lower().startswith("select")
