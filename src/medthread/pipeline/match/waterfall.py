"""A score in words."""

import json
from typing import Any

from medthread.model import Entity
from medthread.pipeline.match.kinds import kind_of


def waterfall(entity: type[Entity], parts: str) -> list[dict[str, Any]]:
    """What an edge's score is made of, in order: respect, likeness in both languages, weight. `parts` as they are kept with the edge."""
    model = entity.about.match
    compared = {c.what: c for c in kind_of(model).comparisons.compare} if model else {}
    told = [(compared[p["what"]], compared[p["what"]].cases[p["case"]], p) for p in json.loads(parts)]
    return [
        {"what": c.what, "about": {"zh": c.label.zh, "en": c.label.en}, "label": {"zh": case.label.zh, "en": case.label.en}, "weight": p["weight"]}
        for c, case, p in told
    ]
