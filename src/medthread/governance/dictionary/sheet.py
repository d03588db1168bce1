"""The dictionary as a sheet: sent out, written in with a spreadsheet, sent back; what differs from what holds is one proposal."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from medthread.derive.dictionary import Sort
from medthread.governance.dictionary.book import Book, Item
from medthread.governance.dictionary.changes import Change
from medthread.governance.dictionary.words import (
    DEFINITION,
    PREFIX,
    TERM,
    Definition,
    Term,
    check_definition,
    check_term,
    content_of,
)
from medthread.model.errors import InvalidError, MedthreadError
from medthread.stores.readers import ReadRequest, read_to_parquet

# What is called so in the file, and how wide its column is. The first three say what a line is about and are not read back, but the subject.
COLUMNS = (
    ("subject", 30), ("kind", 10), ("declared", 40), ("zh", 20), ("en", 24), ("meaning_zh", 48), ("meaning_en", 48), ("synonyms", 30),
    ("business", 14), ("steward", 14), ("technical", 14), ("status", 12), ("parent", 16), ("bound", 30), ("see", 20),
)
NAMES = tuple(name for name, _ in COLUMNS)
FIXED = 3
_LEAVES = frozenset({"kind", "declared"})
_ONLY_TERMS = ("zh", "en", "status", "parent", "bound", "see")
_BETWEEN = re.compile(r"\s*[;;、\n]\s*")  # of a list in one cell
_SLUG = re.compile(r"[a-z][a-z0-9_]*")
_GUARD = re.compile(r"^'(?=[=+\-@\t\r])")  # what keeps a cell of a CSV from being a formula
_LISTED = (Sort.ENTITY, Sort.FIELD, Sort.TERM, Sort.MODEL, Sort.COLUMN)
MOST_ROWS = 20_000


@dataclass(frozen=True)
class Line:
    """A line that came back: what it changes, or why it is refused."""

    row: int
    subject: str
    cells: tuple[tuple[str, str, str], ...] = ()  # column, before, after
    change: Change | None = None
    error: MedthreadError | None = None


def rows_of(book: Book) -> Iterator[tuple[str, ...]]:
    """A line for each entity, field, model, column and term, with the words that hold."""
    for item in book.items.values():
        if item.entry.sort in _LISTED:
            yield tuple(cells_of(item)[n] for n in NAMES)


def cells_of(item: Item) -> dict[str, str]:
    """One line as text."""
    entry, declared, term = item.entry, item.declared, item.term
    said = {
        "subject": entry.subject, "kind": entry.sort.value, "declared": "" if term else f"{declared.label.zh} | {declared.label.en}",
        "zh": term.zh if term else "", "en": term.en if term else "",
        "meaning_zh": entry.meaning.zh if entry.meaning else "", "meaning_en": entry.meaning.en if entry.meaning else "",
        "synonyms": "; ".join(entry.synonyms), "business": item.owners.business, "steward": item.owners.steward, "technical": item.owners.technical,
    }
    own = {"status": term.status.value, "parent": term.parent or "", "bound": "; ".join(term.bound), "see": "; ".join(term.see)} if term else {}
    return dict.fromkeys(NAMES, "") | said | own


def read_sheet(path: Path) -> list[dict[str, str]]:
    """The lines of a CSV or XLSX file as text. Raises `InvalidError` for what is no such sheet."""
    made = read_to_parquet(ReadRequest(path, path.suffix.removeprefix(".").lower()), out=path.with_name("sheet.parquet"))
    if made.rejects:
        raise InvalidError(f"{len(made.rejects)} records cannot be parsed", hint="mend the file and hand it in again: nothing was written")
    if "subject" not in made.columns:
        raise InvalidError("the sheet has no column subject", hint="send back the sheet that was exported, with its head as it is")
    strangers = [c for c in made.columns if c not in NAMES]
    if strangers:
        raise InvalidError(f"the sheet has a column {strangers[0]!r} that means nothing here", hint=f"columns: {', '.join(NAMES)}")
    if made.rows > MOST_ROWS:
        raise InvalidError(f"the file has {made.rows:,} records", hint=f"hand in up to {MOST_ROWS:,} at once")
    rows = pq.read_table(made.path, columns=list(made.columns)).to_pylist()
    return [{n: _GUARD.sub("", str(v)).strip() for n, v in row.items() if v is not None} | {n: "" for n, v in row.items() if v is None} for row in rows]


def compared(book: Book, rows: list[dict[str, str]]) -> list[Line]:
    """The lines that change something or cannot be taken; those that say what holds already are not among them."""
    terms = book.terms | _terms_in(book, rows)
    seen: set[str] = set()
    found = []
    for place, row in enumerate(rows, start=2):  # the head is the first row of the file
        subject = row.get("subject", "")
        if not any(row.values()):
            continue
        try:
            if subject in seen:
                raise InvalidError(f"{subject} stands twice in the sheet", hint="leave one of the lines")
            seen.add(subject)
            line = _line(book, place, subject, row, terms)
        except MedthreadError as error:
            line = Line(place, subject, error=error)
        if line is not None:
            found.append(line)
    return found


def _terms_in(book: Book, rows: list[dict[str, str]]) -> dict[str, Term]:
    """Terms as the sheet would have them: one may refer to another that comes with it."""
    found = {}
    for row in rows:
        subject = row.get("subject", "")
        if subject.startswith(PREFIX):
            try:
                found[subject.removeprefix(PREFIX)] = Term.model_validate(_term(row, book.items.get(subject)))
            except ValueError:
                continue  # told at its line
    return found


def _line(book: Book, place: int, subject: str, row: dict[str, str], terms: Mapping[str, Term]) -> Line | None:
    item = book.items.get(subject)
    is_term = subject.startswith(PREFIX)
    if item is None and not is_term:
        raise InvalidError(f"{subject or 'a line without a subject'} is not in the dictionary", hint="leave the first column as it was exported; a new term is `term:` with a name")
    if is_term and not _SLUG.fullmatch(subject.removeprefix(PREFIX)):
        raise InvalidError(f"{subject} is no name of a term", hint="write `term:` with small letters, digits and _")
    before = cells_of(item) if item else dict.fromkeys(NAMES, "")
    cells = tuple((n, before[n], row[n]) for n in NAMES if n in row and n not in _LEAVES and n != "subject" and row[n] != before[n])
    if not cells:
        return None
    if not is_term and (foreign := next((n for n, _, _ in cells if n in _ONLY_TERMS), None)):
        raise InvalidError(f"{subject}: {foreign} is for terms only", hint="leave the cell as it was")
    change = _term_change(book, subject, row, terms) if is_term else _definition_change(book, subject, before | row)
    held = book.said[subject].content if subject in book.said else None
    return None if change.after == held else Line(place, subject, cells, change)


def _term_change(book: Book, subject: str, row: dict[str, str], terms: Mapping[str, Term]) -> Change:
    content = content_of(TERM, _term(row, book.items.get(subject)))
    check_term(subject.removeprefix(PREFIX), Term.model_validate(content), terms=terms, subjects=book.items)
    return Change(TERM, subject, content)


def _term(row: dict[str, str], item: Item | None) -> dict[str, Any]:
    cells = (cells_of(item) if item else {}) | row
    given: Callable[[str], str] = lambda n: cells.get(n, "")  # noqa: E731 - a name for four words
    return {
        "zh": given("zh"), "en": given("en"), "definition": {"zh": given("meaning_zh"), "en": given("meaning_en")}, "synonyms": _list(given("synonyms")),
        "owner": given("business"), "status": given("status") or "approved", "parent": given("parent") or None, "bound": _list(given("bound")), "see": _list(given("see")),
    }


def _definition_change(book: Book, subject: str, cells: Mapping[str, str]) -> Change:
    """A cell that is as declared, or empty, says nothing of its own."""
    declared = book.items[subject].declared
    said: dict[str, Any] = {}
    meaning = {"zh": cells["meaning_zh"], "en": cells["meaning_en"]}
    as_declared = {"zh": declared.meaning.zh, "en": declared.meaning.en} if declared.meaning else {"zh": "", "en": ""}
    if any(meaning.values()) and meaning != as_declared:
        said["meaning"] = meaning
    if (synonyms := _list(cells["synonyms"])) != list(declared.synonyms):
        said["synonyms"] = synonyms
    if cells["business"] and cells["business"] != declared.owner:
        said["business"] = cells["business"]
    said |= {n: cells[n] for n in ("steward", "technical") if cells[n]}
    if not said:
        return Change(DEFINITION, subject, None)
    content = content_of(DEFINITION, said)
    check_definition(subject, Definition.model_validate(content), subjects=book.items)
    return Change(DEFINITION, subject, content)


def _list(text: str) -> list[str]:
    return [part for part in _BETWEEN.split(text.strip()) if part]
