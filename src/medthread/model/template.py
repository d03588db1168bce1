"""A template of a source: what is known of a system before anybody has seen a company's own, as one file `source_templates/<name>.yaml`.

    name: kingdee_k3cloud
    zh: 金蝶云星空
    en: Kingdee K/3 Cloud
    kind: erp
    versions: "7.x - 8.x"
    dialect: tsql                 # in which its queries are written; none: its tables are sheets that people fill in or export
    trust: 80
    traps:                        # how its records are told apart, and what goes wrong where nobody knows it
      - {zh: 主数据按组织各有一份, en: master data is kept once per organisation}
    tables:
      item:
        zh: 物料
        en: Items
        basis: read               # read: seen in public code or pages; remembered: by people who worked with it
        query: select ...         # gives the columns that are mapped, no more and no fewer
        feeds: [{entity: item, fields: {code: FNUMBER, name: FNAME}}]
        case:                     # rows of the system's own tables, and what comes out of them
          given: {T_BD_MATERIAL: [{FMATERIALID: 1, FNUMBER: M-1}]}
          expect: {item: [{code: M-1}]}

A sheet has neither query nor feeds: `entity: lot` alone makes its columns out of the declaration, in either language.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from medthread.model.bilingual import Bilingual
from medthread.model.errors import DeclarationError
from medthread.model.labels import Label
from medthread.model.mapping import EntityMapping, Strict
from medthread.model.yaml_file import read_yaml

KINDS = {
    "erp": Label("企业资源计划", "ERP"), "plm": Label("产品生命周期管理", "PLM"), "mes": Label("制造执行", "MES"), "wms": Label("仓储管理", "WMS"),
    "lims": Label("实验室信息管理", "LIMS"), "qms": Label("质量管理", "QMS"), "crm": Label("客户关系管理", "CRM"),
}
BASES = {"read": Label("据公开的代码或资料", "From public code or pages"), "remembered": Label("据使用者的经验", "From experience with it")}
Value = str | int | float | bool | None
Row = dict[str, Value]


class TemplateCase(Strict):
    """Rows of the system's tables, and the rows of entities that come out; only the fields that are expected are compared."""

    given: dict[str, list[Row]]
    expect: dict[str, list[Row]]


class TemplateTable(Bilingual):
    """One table: how it is read from the system, what it feeds; or a sheet with the fields of an entity."""

    basis: Literal["read", "remembered"] = "remembered"
    query: str | None = None
    feeds: tuple[EntityMapping, ...] = ()
    entity: str | None = None
    changed_at: str | None = None
    case: TemplateCase | None = None

    @model_validator(mode="after")
    def one_way(self) -> Self:
        """A query with what it feeds and a case that shows it, or the entity of a sheet."""
        if (self.entity is None) == (self.query is None) or (self.query is None) != (not self.feeds) or (self.query is None) != (self.case is None):
            msg = "a table has a query, feeds and a case; a sheet has an entity alone"
            raise ValueError(msg)
        return self


class SourceTemplate(Bilingual):
    """A system as it usually is. None was tried on a live system before a company does: its probe says what fits."""

    name: str = Field(pattern=r"[a-z][a-z0-9_]*")
    kind: Literal["erp", "plm", "mes", "wms", "lims", "qms", "crm"]
    versions: str = ""
    dialect: Literal["tsql", "mysql", "postgres"] | None = None
    trust: int = 50
    traps: tuple[Bilingual, ...] = ()
    tables: dict[str, TemplateTable] = Field(min_length=1)

    @model_validator(mode="after")
    def fits(self) -> Self:
        """Queries are in a dialect."""
        if self.dialect is None and (asked := [n for n, t in self.tables.items() if t.query]):
            msg = f"{asked[0]} has a query in no dialect"
            raise ValueError(msg)
        return self


def read_template(path: Path) -> SourceTemplate:
    """A template from its file. Raises `DeclarationError` naming file and place."""
    given: Any = read_yaml(path)
    if not isinstance(given, Mapping):
        raise DeclarationError(f"{path.name} is no template", hint="it begins with name, zh, en, kind and tables")
    try:
        found = SourceTemplate.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        raise DeclarationError(f"{path.name}: {'.'.join(map(str, first['loc']))}: {first['msg']}", hint="see the words that a template has in the developer's guide") from error
    if found.name != path.stem:
        raise DeclarationError(f"{path.name} names the template {found.name!r}", hint="call the file as the template is called")
    return found
