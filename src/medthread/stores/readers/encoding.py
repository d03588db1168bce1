"""Which encoding a text file is in: proven over the whole file, never guessed from its beginning.

UTF-8 (with or without a byte-order mark), UTF-16 with one, GB18030. GB18030 accepts most byte strings, so what it
decodes to must also look like text: no control characters.
"""

import codecs
import re
from pathlib import Path

from medthread.model.errors import SourceError

BLOCK = 4 << 20
UTF16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
KNOWN = ("utf-8", "gb18030", "utf-16")


def encoding_of(path: Path, *, wanted: str | None = None) -> str:
    """The encoding, or a `SourceError` that says where each candidate fails."""
    with path.open("rb") as file:
        head = file.read(4)
    if wanted is not None:
        name = wanted.lower().replace("_", "-").replace("gbk", "gb18030").replace("gb2312", "gb18030").replace("utf8", "utf-8")
        if name not in KNOWN:
            raise SourceError(f"{path.name}: no encoding {wanted!r}", hint=f"encodings: {', '.join(KNOWN)}", file=path.name)
        candidates: tuple[str, ...] = (name,)
    else:
        candidates = ("utf-16",) if head[:2] in UTF16 else ("utf-8", "gb18030")
    faults = []
    for name in candidates:
        fault = _fault(path, name)
        if fault is None:
            return name
        faults.append(f"{name}: {fault}")
    raise SourceError(
        f"{path.name} is in no encoding we know ({'; '.join(faults)})",
        hint="export it as UTF-8 or GB18030; a file pasted together from two encodings must be repaired at the source", file=path.name,
    )


def _fault(path: Path, encoding: str) -> str | None:
    """Where the file stops being text in an encoding, or nothing."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    done = line = 0
    with path.open("rb") as file:
        while True:
            block = file.read(BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                row = line + block[: max(error.start, 0)].count(b"\n") + 1
                return f"byte {done + max(error.start, 0):,}, line {row:,}"
            if found := _suspicious(block, text, encoding):
                return f"{found} in line {line + text[: text.find(found[-1])].count(chr(10)) + 1:,}"
            if not block:
                return None
            done += len(block)
            line += block.count(b"\n")


def _suspicious(block: bytes, text: str, encoding: str) -> str | None:
    """A character that no text file holds. Clean UTF-8 is only searched for NUL, which is fast."""
    if encoding == "utf-8":
        return "a NUL character \x00" if b"\0" in block else None
    found = _CONTROL.search(text)
    return f"a control character {found[0]}" if found else None
