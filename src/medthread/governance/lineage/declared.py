"""What a graph is drawn from, and by what it is known whether that changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from medthread.governance.metrics.book import NOTHING, MetricBook
from medthread.model import Registry, Rulebook, Source
from medthread.model.consumer import Consumer
from medthread.model.rule_file import QualityRule
from medthread.model.sharing import SharingRule
from medthread.pipeline.build.model import Model
from medthread.stores.lakehouse.committer import key_of


@dataclass(frozen=True)
class Declared:
    """Everything declared that reads or makes fields. `namespace` is the installation's name, under which others know its tables."""

    registry: Registry
    sources: Sequence[Source]
    models: Sequence[Model]
    consumers: Sequence[Consumer] = ()
    rules: Sequence[QualityRule] = ()
    rulebook: Rulebook | None = None
    sharing: Sequence[SharingRule] = ()
    namespace: str = ""
    metrics: MetricBook = NOTHING

    @property
    def key(self) -> str:
        """Differs where a file differs that was read since the installation opened: mappings, models, rules, metrics. The rest stays as it was opened with."""
        return key_of("lineage", *(s.model_dump_json() for s in self.sources), *(f"{m.name}\n{m.text}" for m in self.models), *(r.model_dump_json() for r in self.rules), self.metrics.key)
