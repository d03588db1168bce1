"""What is declared of a kind of matching is there, and what nobody declares is refused before anything is matched."""

import duckdb
import pytest

from medthread.app import declared
from medthread.model import Entity, Home, MatchModel
from medthread.model.errors import DeclarationError
from medthread.pipeline.match.features import features_of, inputs_of
from medthread.pipeline.match.kinds import KINDS, check_kinds, kind_of
from medthread.pipeline.match.score import score

MASTERS = [e for e in declared()[0].at_home(Home.MASTER) if e.about.match]


def test_every_master_is_matched_by_a_kind_that_is_declared() -> None:
    check_kinds(MASTERS)
    assert {e.about.match.kind for e in MASTERS if e.about.match} == set(KINDS), "no kind is declared for nothing"


@pytest.mark.parametrize("entity", MASTERS, ids=lambda e: e.name)
def test_blocks_and_comparisons_read_features_that_are_made(entity: type[Entity]) -> None:
    model = entity.about.match
    assert model is not None
    kind = kind_of(model)
    with duckdb.connect() as con:
        con.register("made", features_of(model, {c: ["x", "y"] for c in ("record_id", *inputs_of(model))}))
        con.execute("create table features as select * from made")
        score(con, kind.comparisons, least=-1000)
        con.execute("select * from edges").fetchall()
        assert {c[0] for c in con.execute("describe features").fetchall()} >= {"rid", "code", "sure", *kind.flags, *kind.comparisons.apart}


def test_what_nobody_declares_is_refused_with_what_there_is() -> None:
    with pytest.raises(DeclarationError, match="no kind of matching 'persons'") as refused:
        kind_of(MatchModel(kind="persons"))
    assert "organisation" in refused.value.hint
    with pytest.raises(DeclarationError, match="has no part 'city'") as refused:
        kind_of(MatchModel(kind="organisation", parts={"city": "city"}))
    assert "place" in refused.value.hint
