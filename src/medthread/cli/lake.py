"""`medthread lake`: what the lake holds, and what nobody needs any more taken away."""

from typing import Annotated

import typer

from medthread.app import open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import say
from medthread.governance.lake import Tidied
from medthread.trust.operators import operator_name

lake = typer.Typer(no_args_is_help=True, help="数据湖 · The lake: what it holds, and tidying it.")
UNITS = ("B", "KB", "MB", "GB", "TB")


@lake.command("status")
def lake_status(home: Home = HERE) -> None:
    """湖中有什么,以数字说明 · What the lake holds, in numbers."""
    with open_installation(home) as installation:
        told = installation.upkeep.status()
    say(f"{told.tables} 张表;{told.files:,} 个文件,{size(told.bytes)}", f"{told.tables} tables; {told.files:,} files, {size(told.bytes)}")
    say(f"当前各表:{told.live_files:,} 个文件,{size(told.live_bytes)},其中小文件 {told.small_files:,} 个",
        f"Tables as they are now: {told.live_files:,} files, {size(told.live_bytes)}; {told.small_files:,} of them are small")
    say(f"只有旧发布需要:{size(told.older_bytes)}", f"Needed by older releases alone: {size(told.older_bytes)}")
    say(f"发布:保留 {told.releases} 次,其中长期保留 {told.pinned} 次;已撤回 {told.withdrawn} 次",
        f"Releases: {told.releases} kept, {told.pinned} of them pinned; {told.withdrawn} withdrawn")
    say(f"无人再用:{told.unnamed_files:,} 个文件,{size(told.unnamed_bytes)};不属于任何提交:{told.orphans:,} 个,{size(told.orphan_bytes)}",
        f"Named by nobody: {told.unnamed_files:,} files, {size(told.unnamed_bytes)}; of no commit: {told.orphans:,}, {size(told.orphan_bytes)}")


@lake.command("tidy")
def lake_tidy(
    home: Home = HERE, *, dry_run: Annotated[bool, typer.Option("--dry-run", help="只说会怎样,不做 · say what would be done, and do nothing")] = False,
) -> None:
    """撤回超出保留的发布,移除无人再用的文件 · Withdraw releases beyond what is kept and remove files that nobody needs."""
    with open_installation(home) as installation:
        tidying = installation.upkeep.tidying()
        told = tidying.plan() if dry_run else tidying.tidy(by=operator_name())
    if dry_run:
        say("以下只是预演,什么也没有做", "This would be done; nothing is done yet")
    _tell(told)


def _tell(told: Tidied) -> None:
    say(f"合并小文件 {told.merged:,} 个为 {told.into:,} 个", f"Small files merged: {told.merged:,} into {told.into:,}")
    say(f"撤回发布 {len(told.releases)} 次;忘记未生效的构建 {told.builds} 个", f"Releases withdrawn: {len(told.releases)}; builds forgotten: {told.builds}")
    say(f"移除文件 {told.files:,} 个,{size(told.bytes)};另有 {told.waiting_files:,} 个({size(told.waiting_bytes)})等读者读完",
        f"Files removed: {told.files:,}, {size(told.bytes)}; {told.waiting_files:,} more ({size(told.waiting_bytes)}) wait for their readers")
    say(f"移除中断的提交所留文件 {told.orphans:,} 个,{size(told.orphan_bytes)};追溯索引 {told.indexes} 个",
        f"Left by commits that were cut short, removed: {told.orphans:,}, {size(told.orphan_bytes)}; trace indexes: {told.indexes}")
    if told.snapshots or told.metadata_files:
        say(f"Iceberg 快照过期 {told.snapshots} 个,元数据文件 {told.metadata_files} 个", f"Iceberg snapshots expired: {told.snapshots}; metadata files: {told.metadata_files}")
    if told.altered:
        say(f"与封存或提交时不符,原样留下:{'、'.join(told.altered)}(查明:medthread verify)", f"Not what was sealed or committed, and left as it is: {', '.join(told.altered)} (find out why: medthread verify)")


def size(count: int) -> str:
    """Bytes as people read them."""
    value, unit = float(count), 0
    while value >= 1000 and unit < len(UNITS) - 1:  # noqa: PLR2004 - decimal units
        value, unit = value / 1000, unit + 1
    return f"{value:.1f} {UNITS[unit]}" if unit else f"{count} B"
