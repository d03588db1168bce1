"""Messages in the reader's language: the code says them in English, the catalogue beside it has the Chinese (decision 32)."""

from medthread.model.wording.catalogue import Catalogue, shipped, texts, worded
from medthread.model.wording.template import Template

__all__ = ["Catalogue", "Template", "shipped", "texts", "worded"]
