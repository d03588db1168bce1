"""The catalogue in the words of others: DataHub, OpenMetadata, DCAT 3. All are written from one description, the same bytes for the same state."""

import json
from collections.abc import Callable
from typing import Any

from medthread.governance.catalogue.datahub import proposals
from medthread.governance.catalogue.dcat import catalogue
from medthread.governance.catalogue.description import Described, Flow, described_flows
from medthread.governance.catalogue.openmetadata import requests

FORMATS: dict[str, Callable[[Described], Any]] = {"datahub": proposals, "openmetadata": requests, "dcat": catalogue}
MEDIA = {"datahub": "application/json", "openmetadata": "application/json", "dcat": "application/ld+json"}


def catalogue_text(form: str, described: Described) -> str:
    """The catalogue in a form, as text. Raises `KeyError` for a form that there is not."""
    return json.dumps(FORMATS[form](described), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


__all__ = ["FORMATS", "MEDIA", "Described", "Flow", "catalogue_text", "described_flows"]
