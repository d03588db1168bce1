"""Readers: a file as it is, into Parquet of text.

Every column is text, as literal as the source has it: types come later, from the entity that the rows feed. What
cannot be read ends in a `SourceError` that names file, row and column; a single record that cannot be parsed is
set aside with its ordinal and the rest goes on.
"""

from medthread.stores.readers.door import read_to_parquet
from medthread.stores.readers.extract import CORRECTS, GONE, HASH, ROW, Extract, ReadRequest, Reject

__all__ = ["CORRECTS", "GONE", "HASH", "ROW", "Extract", "ReadRequest", "Reject", "read_to_parquet"]
