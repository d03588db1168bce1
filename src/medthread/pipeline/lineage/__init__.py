"""Column lineage read from SQL: values apart from influences, gaps said."""

from medthread.pipeline.lineage.flow import Direct, Indirect, Source, Word
from medthread.pipeline.lineage.statement import Columns, Output, Target, read_query, read_script

__all__ = ["Columns", "Direct", "Indirect", "Output", "Source", "Target", "Word", "read_query", "read_script"]
