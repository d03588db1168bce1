"""Matching is judged blind: pairs at random, without score and without what became of them; what the judgements come to is what matching is worth."""

from tests.api.conftest import House
from tests.api.test_publishing import works as works  # noqa: PLC0414 - the same company
from tests.api.test_stewardship import API, client, ok

SAMPLES = f"{API}/stewardship/supplier/samples"
ONE_FIRM = ({"A1", "A2", "A3"}, {"B1", "B2"}, {"C1", "D1"})


def test_a_sample_is_judged_blind_and_tells_precision_and_recall(works: House) -> None:
    desk = client(works)
    made = ok(desk.post(SAMPLES, json={"each": 30}), 201)
    assert made["pairs"] >= 4
    seen = 0
    while (asked := ok(desk.get(f"{SAMPLES}/{made['id']}/pair")))["pair"] is not None:
        pair = asked["pair"]
        assert set(pair) == {"n", "verdict", "sides", "fields"}
        assert asked["waiting"] == made["pairs"] - seen
        codes = {s["source_key"] for s in pair["sides"]}
        assert len(codes) == 2
        same = any(codes <= firm for firm in ONE_FIRM)
        ok(desk.put(f"{SAMPLES}/{made['id']}/pairs/{pair['n']}", json={"verdict": "same" if same else "other"}))
        seen += 1
    (told,) = ok(desk.get(SAMPLES))["items"]
    by = {s["stratum"]: s for s in told["strata"]}
    assert (told["precision"], by["matched"]["share"], by["key"]["share"]) == (1.0, 1.0, 1.0)
    # A3 is A1 and A2, which matching only suspects: of the pairs that are one, those are missed.
    hits, missed = by["key"]["same"] + by["matched"]["same"], by["shown"]["same"] + by["unseen"]["same"]
    assert (missed >= 1, told["recall"]) == (True, hits / (hits + missed))
    assert 0 < by["matched"]["low"] < 1.0 == by["matched"]["high"]
    # A word may be taken back; then there is something to judge again, and no figure where a whole stratum has none.
    for n in range(1, made["pairs"] + 1):
        ok(desk.put(f"{SAMPLES}/{made['id']}/pairs/{n}", json={"verdict": None}))
    (again,) = ok(desk.get(SAMPLES))["items"]
    assert (again["waiting"], again["precision"]) == (made["pairs"], None)


def test_what_is_not_there_and_who_may_not_are_refused(works: House) -> None:
    desk = client(works)
    assert desk.put(f"{SAMPLES}/999/pairs/1", json={"verdict": "same"}).status_code == 404
    assert desk.get(f"{SAMPLES}/999/pair").status_code == 404
    assert client(works, "reader").post(SAMPLES, json={"each": 5}).status_code == 403
    # Nothing of customers was taken in.
    assert desk.post(f"{API}/stewardship/customer/samples", json={"each": 5}).status_code == 422
