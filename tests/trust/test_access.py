"""Policies decide, names tell why, and what is misspelt is caught before it matters."""

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medthread.app import open_installation
from medthread.derive.writers import records_written
from medthread.model.errors import DeclarationError, ForbiddenError
from medthread.trust.access import SHIPPED, Access, Actor, Deed, Writing, hands_on, matrix
from medthread.trust.incompatible import found_in
from medthread.trust.roles import ROLES
from medthread.workspace import Workspace
from tests.registry import registry, rulebook

ROOT = Path(__file__).resolve().parents[2]
ACCESS = Access()
NO_AUDITOR = '@id("ours.no_auditor") forbid (principal in Role::"auditor", action == Action::"quarantine:read", resource);'


def actor(*roles: str, plants: tuple[str, ...] = (), scopes: frozenset[str] | None = None) -> Actor:
    return Actor("lin", "小林", roles, plants, scopes)


def test_the_matrix_is_the_one_that_was_reviewed() -> None:
    reviewed = list(csv.reader((ROOT / "docs" / "access-matrix.csv").read_text(encoding="utf-8").splitlines()))
    assert matrix(ACCESS, records_written(registry(), rulebook().processes)) == reviewed, "rights changed: have them approved, then `medthread account matrix > docs/access-matrix.csv`"


def test_a_refusal_says_which_policy_and_whose_right_it_is() -> None:
    with pytest.raises(ForbiddenError) as found:
        ACCESS.require(actor("buyer"), "releases:publish")
    assert "no policy permits it" in found.value.hint
    assert "Data engineer" in found.value.hint
    with pytest.raises(ForbiddenError) as found:
        ACCESS.require(actor("quality", plants=("SZ",)), "trace:read")
    assert found.value.attributes["policy"] == "trace.crosses_plants"


# What no one does who sees a part of the records only.
LOOKS_OVER_ALL = {
    "trace:read", "audit:read", "retention:read", "retention:propose", "retention:decide", "privacy:find", "privacy:export", "privacy:correct", "privacy:erase",
    "unmask:read", "unmask:decide",
}
BUSINESS = sorted(r.name for r in ROLES.values() if r.is_business)


def compatible(roles: list[str]) -> set[str]:
    """As many of the roles as one person may hold together."""
    held: set[str] = set()
    for role in roles:
        held |= set() if found_in((*held, role)) else {role}
    return held


@settings(deadline=None)  # a decision that is not cached yet takes its time on a busy machine
@given(st.lists(st.sampled_from(BUSINESS)).map(compatible), st.sets(st.sampled_from(ACCESS.actions)))
def test_scopes_and_plants_only_take_away_and_roles_only_add(roles: set[str], scopes: set[str]) -> None:
    whole = ACCESS.can(actor(*roles))
    assert ACCESS.can(actor(*roles, scopes=frozenset(scopes))) == whole & scopes
    assert ACCESS.can(actor(*roles, plants=("SZ",))) == whole - LOOKS_OVER_ALL
    for role in (r for r in BUSINESS if not found_in((*roles, r))):
        assert whole <= ACCESS.can(actor(*roles, role))
    assert ACCESS.can(actor("nobody")) == frozenset()


def test_a_companys_own_policy_forbids_more_or_permits_more() -> None:
    assert "quarantine:read" in ACCESS.can(actor("auditor"))
    own = Access({"own.cedar": NO_AUDITOR})
    assert own.refused_by(actor("auditor"), "quarantine:read") == "ours.no_auditor"
    assert own.refused_by(actor("auditor", "steward"), "quarantine:read") == "ours.no_auditor", "a forbid stands above every permit"
    more = Access({"own.cedar": 'permit (principal in Role::"manager", action == Action::"releases:publish", resource);'})
    assert "releases:publish" in more.can(actor("manager"))
    assert "releases:publish" not in ACCESS.can(actor("manager"))


@pytest.mark.parametrize(("text", "said"), [
    ('permit (principal, action == Action::"entities:wite", resource);', "entities:wite"),
    ('permit (principal, action, resource) when { principal.plant == "x" };', "attribute `plant`"),
    ("permit (principal", "unexpected end"),
])
@pytest.mark.usefixtures("own_database")
def test_a_misspelt_policy_is_refused(workspace: Workspace, text: str, said: str) -> None:
    (workspace.home / "policies").mkdir(exist_ok=True)
    (workspace.home / "policies" / "own.cedar").write_text(text, encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"own\.cedar") as found, open_installation(workspace.home):
        pytest.fail("it opened")
    assert said in found.value.message


DEED = Deed("capa", "close", ("qa", "qa_mgr"), "qa")


def test_an_act_of_a_process_is_for_those_whom_it_names() -> None:
    assert ACCESS.decide_act(actor("qa"), DEED) == (True, ("process.roles",))
    assert not ACCESS.decide_act(actor("eng"), DEED._replace(standing="eng")).allowed, "the process does not name it"
    assert ACCESS.decide_act(actor("eng"), DEED).allowed, "lent to them"
    assert ACCESS.decide_act(actor("eng"), Deed("capa", "draft", ("orig",), "orig")).allowed, "they opened it"
    assert ACCESS.decide_act(actor("system_admin"), DEED).policies == ("administrators.see_no_data",)
    assert "incompatible.prod.qa" in ACCESS.decide_act(actor("prod", "qa"), DEED).policies


def test_a_companys_own_policy_forbids_an_act_and_is_named() -> None:
    own = Access({"own.cedar": """@id("ours.capa") forbid (principal in Role::"qa", action == Action::"processes:act", resource)
        when { resource.process == "capa" && resource.action == "close" };"""})
    assert own.decide_act(actor("qa"), DEED) == (False, ("ours.capa",))
    assert own.decide_act(actor("qa"), DEED._replace(action="draft")).allowed
    assert own.decide_act(actor("qa_mgr"), DEED._replace(standing="qa_mgr")).allowed


CERTIFICATE = Writing("registration_certificate", ("ra", "regulatory"), "ra")


def test_a_record_without_a_process_is_written_by_those_whom_its_declaration_names() -> None:
    assert ACCESS.decide_writing(actor("ra"), CERTIFICATE) == (True, ("record.writers",))
    assert not ACCESS.decide_writing(actor("eng"), CERTIFICATE._replace(standing="eng")).allowed, "its declaration does not name them"
    assert ACCESS.decide_writing(actor("eng"), CERTIFICATE).allowed, "lent to them"
    assert ACCESS.decide_writing(actor("security_admin"), CERTIFICATE).policies == ("administrators.see_no_data",)


def test_a_companys_own_policy_names_another_writer_or_takes_one_away() -> None:
    own = Access({"own.cedar": """@id("ours.more") permit (principal in Role::"qa", action == Action::"records:write", resource) when { resource.entity == "location" };
        @id("ours.less") forbid (principal in Role::"ra", action == Action::"records:write", resource) when { resource.entity == "registration_certificate" };"""})
    assert own.decide_writing(actor("qa"), Writing("location", ("whs",), "qa")).allowed
    assert not own.decide_writing(actor("qa"), Writing("uom", ("eng",), "qa")).allowed
    assert own.decide_writing(actor("ra"), CERTIFICATE) == (False, ("ours.less",))


def test_the_matrix_tells_of_each_kind_of_record_who_makes_and_who_changes_it() -> None:
    kinds = {k.entity.name: k for k in records_written(registry(), rulebook().processes)}
    told = {e: {r: " ".join(h) for r in ROLES if (h := hands_on(ACCESS, r, kinds[e]))} for e in ("registration_certificate", "adverse_event")}
    assert told["registration_certificate"] == {"regulatory": "create change", "ra": "create change"}
    assert told["adverse_event"] == {"qa": "create", "qa_mgr": "create change", "pms": "create change", "mr": "change"}
    assert "certificate_scope" not in kinds, "a line goes with its whole"


def test_every_shipped_policy_has_a_name() -> None:
    for path in SHIPPED.glob("*.cedar"):
        text = path.read_text(encoding="utf-8")
        assert text.count("@id(") == text.count("permit (") + text.count("forbid ("), path.name
