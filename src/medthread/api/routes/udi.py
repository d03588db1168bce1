"""Reading a device identifier: what it says, and whether it is right."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from medthread.api.identity import Reader
from medthread.methods.udi import judge

router = APIRouter(tags=["udi"])


class Scanned(BaseModel):
    """A carrier's text as it was scanned or typed."""

    text: str = Field(max_length=4000)


@router.post("/udi/judge")
def judged(scanned: Scanned, _: Reader) -> dict[str, Any]:
    """The verdict with its findings; the text itself is never changed."""
    said = asdict(judge(scanned.text))
    for part in (*said["elements"], *said["findings"]):
        part["label"] = {"zh": part["label"].zh, "en": part["label"].en}
    return said
