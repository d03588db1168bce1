"""The version of a contract after a change: what must not be missed has a higher first number (semantic versioning 2.0, item 8)."""

from medthread.methods.contracts.kinds import Verdict

FIRST = "1.0.0"


def next_version(before: str, verdict: Verdict) -> str:
    """`1.4.2` becomes `2.0.0`, `1.5.0` or `1.4.3`. What could not be judged counts as a break."""
    major, minor, patch = (int(part) for part in before.split("."))
    match verdict:
        case Verdict.BREAKING | Verdict.NOT_JUDGED:
            return f"{major + 1}.0.0"
        case Verdict.COMPATIBLE:
            return f"{major}.{minor + 1}.0"
        case Verdict.DESCRIPTION:
            return f"{major}.{minor}.{patch + 1}"
