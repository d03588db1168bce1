"""Quality as it was measured in the scans."""

from typing import Any

from medthread.api.identity import Given, Reader
from medthread.api.subjects import Subject
from medthread.governance.quality_index import quality_of

router = Subject("quality", "质量规则", "Quality rules", owner="quality").router()


@router.get("/quality", summary="取质量规则的实测结果 · Get what quality rules measured")
def quality(given: Given, _: Reader) -> dict[str, Any]:
    """The index, its dimensions, every rule with its counts.

    质量指数、各维度、每条规则及其计数。
    """
    return quality_of(given.store, given.registry)
