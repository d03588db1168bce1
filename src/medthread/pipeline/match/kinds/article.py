"""Things that are bought, made or sold: by code, name and specification."""

from medthread.methods.names import plain
from medthread.model import Label
from medthread.pipeline.match.comparisons import IDENTIFIERS, SURE, Case, Comparison, Comparisons, known
from medthread.pipeline.match.kinds.kind import Column, Features, Kind


def features(of: Column) -> Features:
    """The code without habits of systems; name and specification in one width, case and script."""
    codes = of("code")
    return {
        "norm": [bare_code(c or "") for c in codes],
        "name": [plain(n or "") for n in of("name")],
        "spec": [plain(s) if s else None for s in of("spec")],
        "poor": [False] * len(codes),
    }


def bare_code(code: str) -> str:
    """RM-000123 and rm-123 are one code: case, width and leading zeros of a number are habits of systems."""
    parts = "".join(c if c.isalnum() else " " for c in plain(code)).split()
    return "-".join(p.lstrip("0") or "0" if p.isdigit() else p for p in parts)


ARTICLE = Kind(parts=("code", "spec"), features=features, comparisons=Comparisons(
    blocks=("sure", "norm", "name || '|' || spec"),
    compare=(
        IDENTIFIERS,
        Comparison("norm", Label("编码", "Code"), (
            Case("l.norm = r.norm", 30, Label("编码相同(不计大小写、全半角与前导零)", "same code but for case, width and leading zeros")),
            Case("true", -20, Label("编码不同", "different codes")),
        )),
        Comparison("name", Label("名称", "Name"), (
            Case("l.name = r.name", 12, Label("名称相同", "same name")),
            Case("jaro_winkler_similarity(l.name, r.name) < 0.8", -15, Label("名称不同", "different names")),
        )),
        Comparison("spec", Label("规格", "Specification"), (
            Case("l.spec = r.spec", 14, Label("规格相同", "same specification")),
            Case(f"{known('spec')} and l.spec <> r.spec", -8, Label("规格不同", "different specifications")),
        )),
    ),
    apart=SURE,
))
