"""A company's own process: one YAML file in `processes/`, in the words of `model.process`.

record: nonconformance            # whose records go this way; a declared native entity
name: nonconformance
version: 2                        # above the version that ships; open cases stay on theirs
zh: 不合格品
en: Nonconformance
states: [{name: opened, zh: 已开启, en: Opened}, ...]
initial: [opened]
terminal: [closed]
transitions:
- {action: close, zh: 关闭, en: Close, from: [opened], to: closed, by: qa|qa_mgr, meaning: closed, asks: [disposition]}
duties: [{one: contain, other: decide}]
clocks: [{name: contain, zh: 隔离, en: Containment, span: 24 h, until: [contained]}]
"""

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from medthread.model.errors import DeclarationError, MedthreadError
from medthread.model.process import Process

ADAPTER: TypeAdapter[Process] = TypeAdapter(Process)


@dataclass(frozen=True)
class ProcessFile:
    """A definition and the entity whose records follow it."""

    record: str
    process: Process


def parse_process(data: Any, *, origin: str) -> ProcessFile:
    """A definition from the content of its file; errors name the file and the place in it."""
    if not isinstance(data, dict) or not isinstance(data.get("record"), str):
        raise DeclarationError(f"{origin} says not whose process it is", hint="begin with `record: <entity>`", file=origin)
    body = {k: v for k, v in data.items() if k != "record"}
    try:
        body["transitions"] = [_transition(t) for t in body.get("transitions", [])]
        return ProcessFile(data["record"], ADAPTER.validate_python(body))
    except (ValidationError, TypeError, AttributeError) as error:
        details = error.errors(include_url=False) if isinstance(error, ValidationError) else []
        lines = [f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in details]
        raise DeclarationError(f"{origin} is not a process: {'; '.join(lines) or error}", hint="CONTRIBUTING shows one under 'Add a process'", file=origin) from error
    except MedthreadError as error:
        raise DeclarationError(f"{origin}: {error.message}", hint=error.hint, file=origin) from error


def _transition(given: dict[str, Any]) -> dict[str, Any]:
    """YAML says `from`, which is no name in Python; labels come as {zh, en}."""
    found = {("from_" if k == "from" else k): v for k, v in given.items()}
    if isinstance(found.get("evidence"), dict):
        found["evidence"] = (found["evidence"].get("zh"), found["evidence"].get("en"))
    return found
