"""Forms of codes: what makes one, what does not, and what a company says for itself."""

import pytest

from medthread.governance.masters.coding import declared_coding, example_of
from medthread.governance.masters.setting import MasterSetting
from medthread.model import Coding
from medthread.model.errors import ConfigurationError, DeclarationError
from tests.registry import registry

MASTERS = tuple(registry().values())


def test_a_form_is_taken_apart() -> None:
    made = Coding("{kind}-{year}-{seq:05}{check}")
    assert [(p.name or p.text, p.width) for p in made.parts] == [("kind", 1), ("-", 1), ("year", 1), ("-", 1), ("seq", 5), ("check", 1)]
    assert (made.fields, example_of(made)) == (("kind",), "<kind>-2026-00001X")


@pytest.mark.parametrize("form", ["SUP-", "{seq}{seq}", "sup-{seq}", "{check}{seq}", "SUP {seq}", "{seq}-{check}-A", "供-{seq}"])
def test_what_makes_no_codes_is_refused(form: str) -> None:
    with pytest.raises(DeclarationError):
        Coding(form)


def test_every_matched_master_has_a_form_and_a_company_may_set_its_own() -> None:
    declared = MasterSetting.read({}, MASTERS)
    matched = [e for e in MASTERS if e.about.match]
    assert set(declared.codings) == {e.name for e in matched}
    assert all(declared.codings[e.name] == declared_coding(e) for e in matched)
    own = MasterSetting.read({"masters": {"pair_days": 3, "item": {"code": "{kind}{seq:04}", "words": {"kind": {"raw": "RM"}}}}}, MASTERS)
    assert (own.pair_days, own.second_person_from, own.codings["item"].words) == (3, 100, {"kind": {"raw": "RM"}})
    assert own.codings["supplier"] == declared.codings["supplier"]


@pytest.mark.parametrize(("said", "error"), [
    ({"lot": {"code": "{seq}"}}, ConfigurationError), ({"item": {"form": "{seq}"}}, ConfigurationError), ({"item": {"code": 7}}, ConfigurationError),
    ({"item": {"code": "{seq}{colour}"}}, DeclarationError), ({"supplier": {"code": "{phone}{seq}"}}, DeclarationError), ({"item": {"words": {"kind": {"raw": "料"}}}}, DeclarationError),
    ({"pair_days": -1}, ConfigurationError), ({"sometimes": 7}, ConfigurationError),
])
def test_what_a_company_says_wrongly_is_refused(said: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        MasterSetting.read({"masters": said}, MASTERS)
