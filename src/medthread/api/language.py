"""The language in which an answer is read: what the request asks for, among Chinese and English."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request

from medthread.model.wording import worded

CHINESE, ENGLISH = "zh-CN", "en"
MOST_RANGES = 20  # of a header; browsers send a handful


def language_of(request: Request) -> str:
    """`Accept-Language` (RFC 9110, 12.5.4) weighed: Chinese where it is asked for before English, else English, as without the header."""
    weights: dict[str, float] = {}
    for part in request.headers.get("accept-language", "").split(",")[:MOST_RANGES]:
        range_, _, parameters = part.partition(";")
        language = range_.strip().lower().partition("-")[0]
        weights[language] = max(weights.get(language, 0.0), _weight(parameters))
    anything = weights.get("*", 0.0)
    return CHINESE if weights.get("zh", 0.0) > weights.get("en", anything) else ENGLISH


Language = Annotated[str, Depends(language_of)]


def in_language(kept: Any, language: str) -> Any:
    """Messages that were kept as they were said, for a reader: a text, or several by name."""
    if isinstance(kept, Mapping):
        return {n: in_language(v, language) for n, v in kept.items()}
    return worded(kept, language) if isinstance(kept, str) else kept


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if not name:
        return 1.0
    try:
        weight = float(value) if name.strip().lower() == "q" else 1.0
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0
