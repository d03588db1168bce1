"""A mapping changed in its file: only what is meant, and everything around it as people wrote it."""

import pytest

from medthread.governance.sources.amend import ignore_column, map_column, rename_column
from medthread.model import parse_source
from medthread.model.errors import DeclarationError
from medthread.model.yaml_file import parse_yaml

MAPPING = """# 采购系统
name: erp
zh: 采购
en: ERP
owner: purchasing
org: T
tables:
  supplier:   # 供应商
    files: "供应商*.csv"
    format: csv
    changed_at: 修改时间
    ignore: [备注, 名称2]  # 不用
    feeds:
      - entity: supplier
        where: {类别: [名称, 制造]}
        fields:
          code: 编码
          name: {from: 名称, change: [trim]}   # 全称
          city: {concat: [省, '"-"', 名称]}
  item:
    files: item*.csv
    format: csv
    feeds: [{entity: item, fields: {code: 编码, name: 名称}}]
"""


def test_a_column_is_renamed_where_it_is_a_column() -> None:
    changed = rename_column(MAPPING, table="supplier", old="名称", new="单位 名称：新")
    assert changed == MAPPING.replace("{from: 名称,", '{from: "单位 名称：新",').replace("'\"-\"', 名称]", "'\"-\"', \"单位 名称：新\"]")
    assert parse_source(parse_yaml(changed, file="x"), origin="x").tables["item"].feeds[0].fields["name"].from_ == "名称"


def test_conditions_and_cursors_are_columns_too() -> None:
    changed = rename_column(rename_column(MAPPING, table="supplier", old="类别", new="类型"), table="supplier", old="修改时间", new="updated")
    assert "where: {类型: [名称, 制造]}" in changed
    assert "changed_at: updated\n" in changed


def test_a_column_is_ignored_beside_those_that_are() -> None:
    assert "ignore: [备注, 名称2, 传真]  # 不用" in ignore_column(MAPPING, table="supplier", column="传真")
    changed = ignore_column(MAPPING, table="item", column="no")
    assert "  item:\n    ignore: [no]\n    files: item*.csv\n" in changed
    assert parse_source(parse_yaml(changed, file="x"), origin="x").tables["item"].ignore == ("no",)


def test_ignored_columns_may_stand_one_below_the_other() -> None:
    listed = MAPPING.replace("    ignore: [备注, 名称2]  # 不用\n", "    ignore:\n      - 备注\n      - 名称2\n")
    assert "      - 名称2\n      - 传真\n    feeds:" in ignore_column(listed, table="supplier", column="传真")


def test_a_column_fills_a_field() -> None:
    assert "        fields:\n          uscc: 信用代码\n          code: 编码\n" in map_column(MAPPING, table="supplier", entity="supplier", field="uscc", column="信用代码")
    assert "fields: {spec: 规格, code: 编码, name: 名称}" in map_column(MAPPING, table="item", entity="item", field="spec", column="规格")


@pytest.mark.parametrize(("table", "old"), [("supplier", "没有"), ("customer", "名称"), ("supplier", "制造")])
def test_what_is_not_there_is_said(table: str, old: str) -> None:
    with pytest.raises(DeclarationError):
        rename_column(MAPPING, table=table, old=old, new="x")
