"""A workbook before it is opened: what its parts really unpack to, and how large a table its cells ask for.

A reader of workbooks holds a sheet as the rectangle around its cells, and each shared text as often as cells show it. Two
cells, at A1 and XFD1048576, are seventeen thousand million; both are reckoned here first, in one pass over the parts.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NoReturn
from xml.parsers import expat
from zipfile import ZipInfo

from medthread.model.errors import SourceError
from medthread.stores.readers.zip_guard import LARGEST_WORKBOOK, check_archive, inflated

MOST_CELLS = 30_000_000  # of the rectangle around a sheet's cells
SPARSE, PER_CELL = 1_000_000, 20  # what the rectangle may have beside so many places for each cell that holds something
MOST_TEXT = 1 << 30  # characters of shared texts, each as often as it is shown
XML = (".xml", ".rels", ".vml")
OTHER_KINDS = frozenset({"content.xml", "xl/workbook.bin"})  # an OpenDocument sheet, a binary workbook
REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
HOLDING = frozenset({"v", "is", "f"})  # what makes a cell more than its format


def check_workbook(path: Path) -> None:
    """Refuse with a `SourceError` what would unpack to more than it says or ask for more memory than a table may."""
    with check_archive(path, largest=LARGEST_WORKBOOK) as archive, path.open("rb") as packed:
        parts = archive.infolist()
        if other := next((p.filename for p in parts if p.filename.lower() in OTHER_KINDS), None):
            raise SourceError(f"{path.name} is no .xlsx: it holds {other}", hint="save it as .xlsx", file=path.name)
        scans = sorted((_Scan(path.name, packed, p) for p in parts), key=lambda scan: not scan.holds_texts)
        texts: list[int] = []
        for scan in scans:
            scan.run(texts)


class _Scan:
    """One part, read once."""

    def __init__(self, file: str, packed: IO[bytes], part: ZipInfo) -> None:
        self._file, self._packed, self._part = file, packed, part
        self.holds_texts = part.filename.lower().endswith(XML) and b"<sst" in next(self._chunks(), b"")[:65_536].replace(b":sst", b"<sst")
        self._row = self._column = -1
        self._top = self._left = self._bottom = self._right = 0
        self._cells = self._shown = 0
        self._held = self._is_shared = False
        self._number: list[str] | None = None
        self._texts: list[int] = []

    def _chunks(self) -> Iterator[bytes]:
        return inflated(self._packed, self._part, file=self._file)

    def _refuse(self, what: str, hint: str = "delete what is far outside the table, or export it anew") -> NoReturn:
        raise SourceError(f"{self._file}: {self._part.filename} {what}", hint=hint, file=self._file)

    def run(self, texts: list[int]) -> None:
        """Read the part; the lengths of shared texts are added to `texts`, or looked up there."""
        self._texts = texts
        if not self._part.filename.lower().endswith(XML):
            self._is_no_sheet()
            return
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = lambda *_: self._refuse("declares a document type", "a workbook has no use for one; export it anew")
        parser.StartElementHandler = self._of_texts if self.holds_texts else self._of_cells
        parser.CharacterDataHandler = self._text_shared if self.holds_texts else self._text_of_cell
        try:
            for chunk in self._chunks():
                parser.Parse(chunk, False)  # noqa: FBT003 - expat's way to say that more comes
            parser.Parse(b"", True)  # noqa: FBT003 - and that nothing does
        except expat.ExpatError as error:
            self._refuse(f"cannot be read: {error}", "open it at the source and save it again")
        self._count_shown()
        self._judge()

    def _is_no_sheet(self) -> None:
        """A picture or the like; a sheet by such a name would pass by unread."""
        before = b""
        for chunk in self._chunks():
            if b"sheetData" in before + chunk or b"</si>" in before + chunk:
                self._refuse("is a sheet by another name", "export it anew")
            before = chunk[-16:]

    def _of_texts(self, name: str, _: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "si":
            self._texts.append(0)

    def _text_shared(self, text: str) -> None:
        if self._texts:
            self._texts[-1] += len(text)

    def _of_cells(self, name: str, said: dict[str, str]) -> None:
        self._count_shown()
        match name.rpartition(":")[2]:
            case "row":
                self._row, self._column = self._place_of_row(said.get("r")), -1
            case "c":
                self._to(said.get("r"))
                self._held, self._is_shared = False, said.get("t") == "s"
            case tag if tag in HOLDING and self._column >= 0:
                self._hold()
                self._number = [] if tag == "v" and self._is_shared else None

    def _place_of_row(self, number: str | None) -> int:
        if number is None:
            return self._row + 1
        return int(number) - 1 if number.isdecimal() else self._refuse(f"has a row {number[:20]!r}")

    def _to(self, reference: str | None) -> None:
        if reference is None:
            self._row, self._column = max(self._row, 0), self._column + 1
            return
        found = REFERENCE.fullmatch(reference)
        if found is None:
            self._refuse(f"has a cell {reference[:20]!r}")
        self._column = -1
        for letter in found[1].upper():
            self._column = (self._column + 1) * 26 + ord(letter) - ord("A")
        self._row = int(found[2]) - 1

    def _hold(self) -> None:
        if self._held:
            return
        self._held = True
        if not self._cells:
            self._top, self._left, self._bottom, self._right = self._row, self._column, self._row, self._column
        self._cells += 1
        self._top, self._bottom = min(self._top, self._row), max(self._bottom, self._row)
        self._left, self._right = min(self._left, self._column), max(self._right, self._column)

    def _text_of_cell(self, text: str) -> None:
        if self._number is not None:
            self._number.append(text)

    def _count_shown(self) -> None:
        if self._number is None:
            return
        number, self._number = "".join(self._number).strip(), None
        if number.isdecimal() and len(number) < 12 and int(number) < len(self._texts):  # noqa: PLR2004 - more digits than texts there can be
            self._shown += self._texts[int(number)]

    def _judge(self) -> None:
        rows, columns = self._bottom - self._top + 1, self._right - self._left + 1
        if self._cells and rows * columns > min(MOST_CELLS, SPARSE + PER_CELL * self._cells):
            self._refuse(f"has {self._cells:,} cells with something in them, spread over {rows:,} rows and {columns:,} columns")
        if self._shown > MOST_TEXT:
            self._refuse(f"shows {self._shown:,} characters of text", f"a sheet may hold {MOST_TEXT:,}; split it")
