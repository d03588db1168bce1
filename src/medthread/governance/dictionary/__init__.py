"""The dictionary in a company's own words: what is declared, what was said over it and since when, and the terms of its business."""

from medthread.governance.dictionary.book import Book, Dictionary
from medthread.governance.dictionary.words import Definition, Term

__all__ = ["Book", "Definition", "Dictionary", "Term"]
