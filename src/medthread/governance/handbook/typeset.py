"""The handbook as PDF/A: typeset from its data, never from text put together; the same bytes for the same issue and font."""

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Literal

from medthread.governance.handbook.issue import Issue
from medthread.governance.handbook.page import change_rows, field_row
from medthread.governance.handbook.phrases import printed
from medthread.model.errors import ConfigurationError, StoreError

TEMPLATE = Path(__file__).with_name("handbook.typ")
STANDARD: Literal["a-2a"] = "a-2a"  # archive, with its structure: read aloud and searched
# Fonts with Chinese that systems have, the likelier to be complete first.
FAMILIES = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "Hiragino Sans GB", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
    "SimHei", "Noto Serif CJK SC", "Source Han Serif SC", "SimSun", "Droid Sans Fallback",
)
MONOSPACED = "DejaVu Sans Mono"  # comes with the typesetter


def chinese_font(folder: Path | None) -> str:
    """The font that is there. Raises `ConfigurationError` where there is none: evidence with boxes in the place of words is none."""
    found = _families(folder)
    if (font := next((f for f in FAMILIES if f in found), None)) is not None:
        return font
    raise ConfigurationError(
        "no font with Chinese signs is installed: the handbook cannot be typeset as PDF",
        hint="Debian, Ubuntu: apt-get install fonts-noto-cjk; Fedora: dnf install google-noto-sans-cjk-fonts; or put one into the folder that `[handbook] fonts` of medthread.toml names; the HTML needs none")


def pdf_of(issue: Issue, *, language: str, fonts: Path | None = None) -> bytes:
    """The whole issue as PDF/A-2a."""
    import typst  # noqa: PLC0415 - eighty megabytes that only whoever prints waits for

    font = chinese_font(fonts)
    said = printed(issue, language)
    words = said["words"]
    said["change_rows"] = [row for c in said["changes"] for row in change_rows(c, words)]
    for chapter in said["chapters"]:
        for entity in chapter["entities"]:
            entity["rows"] = [field_row(f, words) for f in entity["fields"]]
    moment = issue.row["in_force_at"] or issue.row["at"]
    with tempfile.TemporaryDirectory(prefix="medthread-handbook-") as folder:
        root = Path(folder)
        (root / TEMPLATE.name).write_bytes(TEMPLATE.read_bytes())
        (root / "content.json").write_text(json.dumps(said, ensure_ascii=False, default=str), encoding="utf-8")
        try:
            made: bytes = typst.compile(
                root / TEMPLATE.name, root=root, format="pdf", pdf_standards=STANDARD, timestamp=int(moment.timestamp()),
                font_paths=[fonts] if fonts else [], sys_inputs={"font": font, "mono": MONOSPACED})
        except typst.TypstError as error:
            raise StoreError(f"the handbook cannot be typeset: {error}", hint="take the HTML, and report this") from error
    return made


@cache
def _families(folder: Path | None) -> frozenset[str]:
    import typst  # noqa: PLC0415 - as above

    return frozenset(typst.Fonts(font_paths=[str(folder)] if folder else []).families())
