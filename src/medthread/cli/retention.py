"""Retention on the terminal: the rules, what is due, proposals, and carrying out what somebody else approved."""

from functools import partial
from typing import Annotated

import typer
from sqlalchemy import select

from medthread.app import Installation, open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, language, say
from medthread.derive.retention import formula, rules
from medthread.governance.retention import Look, execute, propose
from medthread.stores.postgres.tables import destruction
from medthread.stores.serving import LakeReader
from medthread.trust.operators import operator_name
from medthread.workflow import handle

retention = typer.Typer(no_args_is_help=True, help="保留与销毁 · Retention: rules, proposals, destruction.")


def _look(installation: Installation, reader: LakeReader) -> Look:
    return Look(installation.registry, installation.native, reader)


@retention.command("rules")
def list_rules(home: Home = HERE) -> None:
    """各类记录保留多久、从何时起算、起算日从哪里得知 · How long each kind is kept, from which moment, and where that is found."""
    with open_installation(home) as installation:
        for rule in rules(installation.registry):
            mark = " " if rule.can_be_due else "∞"
            console.print(f"{mark} {rule.entity.name:<28} {formula(rule).in_(language())}", markup=False, soft_wrap=True)


@retention.command("propose")
def make(entity: Annotated[str, typer.Argument(help="对象 · kind of record")], home: Home = HERE) -> None:
    """提出到期记录的销毁;须由他人在控制台或接口批准 · Propose what is due; somebody else approves it in the console or over the API."""
    with open_installation(home) as installation:
        reader = LakeReader(installation.releases)
        try:
            act = partial(propose, context=installation.commands(reader), look=_look(installation, reader), entity=entity, by=operator_name())
            id_ = handle(installation.store, by=operator_name(), action="retention.propose", object_=f"entity/{entity}", act=act)
        finally:
            reader.close()
    say(f"已提出 {id_};等待他人批准", f"Proposed {id_}; it waits for somebody else's approval")


@retention.command("list")
def list_destructions(home: Home = HERE) -> None:
    """列出销毁提议及结果 · List proposals and what became of them."""
    with open_installation(home) as installation, installation.store.transaction() as tx:
        for row in tx.execute(select(destruction).order_by(destruction.c.proposed_at.desc())).all():
            records = "" if row.records is None else f"  {row.records}  {row.keys_hash}"
            console.print(f"{row.id}  {row.status:<9} {row.entity:<24} {row.proposed_by} → {row.decided_by or '-'}{records}", markup=False, soft_wrap=True)


@retention.command("execute")
def carry_out(id_: Annotated[str, typer.Argument(metavar="DESTRUCTION")], home: Home = HERE) -> None:
    """执行已批准的销毁 · Carry out a destruction that was approved."""
    with open_installation(home) as installation:
        reader = LakeReader(installation.releases)
        try:
            done = execute(installation.commands(reader), _look(installation, reader), installation.context, id_=id_, by=operator_name())
        finally:
            reader.close()
    say(f"{id_}: 已销毁 {done.records} 条,保留 {done.spared} 条", f"{id_}: {done.records} destroyed, {done.spared} spared")
