"""Names that pass for another's, for the machine's, or hide what they are."""

import pytest
from sqlalchemy import select

from medthread.model.errors import ConflictError, InvalidError
from medthread.stores.postgres import Store
from medthread.stores.postgres.tables import account
from medthread.trust.accounts import create_account, disable_account
from medthread.trust.names import alike, check_name, check_printed, shown

PASSWORD = "correct horse battery"


def make(store: Store, name: str, printed: str) -> bool:
    with store.transaction() as tx:
        return create_account(tx, name=name, printed_name=printed, password=PASSWORD, roles=("qa",), by="test")


@pytest.mark.parametrize("name", ["qa", "qa_mgr", "Lin.Wei", "x@y", "a-1", "007", "小林", "小林2", "质量.陈", "a" * 60])
def test_names_that_may_be(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize("name", [
    "", "аdmin", "qа", "ｑａ", "ｓｙｓｔｅｍ", "sуstem", "SYSTEM", "system", "nobody", "İ", "qa.", ".qa", "../x", "a/b", "a b", "lin小林", "a" * 61, "q\u200ba", "qa\u202e", "qa\n", "jürgen",
])
def test_names_that_may_not_be(name: str) -> None:
    with pytest.raises(InvalidError) as found:
        check_name(name)
    assert found.value.hint


@pytest.mark.parametrize("printed", ["", " ", "x\u200b", "\u202e<b>", "x\r\n", " x", "x ", "---", "x\u2066y", "x" * 201, "\ud800x", "x\ue000"])
def test_printed_names_that_may_not_be(printed: str) -> None:
    with pytest.raises(InvalidError) as found:
        check_printed(printed)
    assert found.value.hint


def test_printed_names_that_may_be() -> None:
    for printed in ("质量保证小陈", "Jürgen Müller-Lüdenscheidt", "O'Neill", "Анна", "张伟(质量部)", "R2"):
        check_printed(printed)


def test_a_name_that_differs_by_capitals_is_another_s(store: Store) -> None:
    assert make(store, "qa", "小陈")
    for name in ("QA", "Qa"):
        with pytest.raises(ConflictError, match="account 'qa' already"):
            make(store, name, "另一个人")
    assert not make(store, "qa", "小陈"), "the same account again is left as it is"
    with store.transaction() as tx:
        assert tx.execute(select(account.c.name)).scalars().all() == ["qa"]


@pytest.mark.parametrize("printed", ["质量保证小陈", "ＱＡ Chen", "qa  chen"])
def test_a_name_that_is_printed_as_another_s_is_refused_also_when_that_is_shut(store: Store, printed: str) -> None:
    make(store, "qa", "质量保证小陈")
    make(store, "qa2", "QA Chen")
    with pytest.raises(ConflictError) as found:
        make(store, "twin", printed)
    assert "department" in found.value.hint
    with store.transaction() as tx:
        disable_account(tx, name="qa2", by="test", reason="left")
    with pytest.raises(ConflictError):
        make(store, "twin", "QA Chen")
    assert make(store, "twin", "质量保证小陈(二厂)")


def test_what_is_not_seen_tells_nobody_apart() -> None:
    assert shown("小\u200b陈\u202e") == "小陈"
    assert alike("小\u200b陈", "小陈")
    assert not alike("小陈", "小程")
