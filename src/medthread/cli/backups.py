"""Backups on the terminal: make one, list, check, restore, try out."""

from pathlib import Path
from typing import Annotated

import typer

from medthread.app import Installation, open_installation
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, say
from medthread.governance.backup import BackupSetting, Manifest
from medthread.governance.backup.check import damaged
from medthread.governance.backup.keys import bring_keys
from medthread.governance.backup.records import Keeping
from medthread.governance.backup.restore import restore as bring_back
from medthread.governance.backup.setting import KEY_FILE
from medthread.governance.backup.vault import Shelf
from medthread.model.errors import ConfigurationError
from medthread.stores.postgres.opening import external_store
from medthread.stores.targets import open_target
from medthread.trust.backup_key import BackupKey
from medthread.trust.operators import operator_name
from medthread.workspace import Workspace

backups = typer.Typer(no_args_is_help=True, help="备份 · Backups: make, list, check, restore, try out.")
Target = Annotated[str | None, typer.Option(help="只看这一个目标 · this target only")]
Backup = Annotated[str | None, typer.Argument(help="备份号,缺省为最新 · a backup's id; the newest when left out")]


def _setting(workspace: Workspace) -> BackupSetting:
    found = BackupSetting.of(workspace.settings, home=workspace.home)
    if found is None:
        raise ConfigurationError("medthread.toml says nothing of backups", hint='add [backup] with key_file, targets and keys (operations guide, "Backup")')
    return found


def _keeping(installation: Installation) -> Keeping:
    _setting(installation.workspace)
    found = installation.keeping()
    assert found is not None  # noqa: S101 - the setting is there
    return found


@backups.command("key")
def key(
    home: Home = HERE,
    show: Annotated[bool, typer.Option("--show", help="显示密钥以便抄存 · show it, to be kept on paper")] = False,
) -> None:
    """生成备份密钥,或显示已有密钥的编号 · Make the backup key, or tell the id of the one there is."""
    setting = _setting(Workspace.open(home))
    if setting.key_file is None:
        raise ConfigurationError("[backup] names no key_file", hint="say where the key is to be, outside data/ and every target")
    made = not setting.key_file.exists()
    found = BackupKey.make(setting.key_file) if made else setting.key()
    verb = ("已生成", "Made") if made else ("已有", "There is")
    say(f"{verb[0]}备份密钥 {found.id}:{setting.key_file}", f"{verb[1]} backup key {found.id}: {setting.key_file}")
    say("请把它的副本存放在别处;没有它,任何人都打不开备份", "Keep a copy of it elsewhere: without it nobody can open a backup")
    if show:
        console.print(found.text, markup=False, soft_wrap=True)


@backups.command("run")
def run(home: Home = HERE, whole: Annotated[bool, typer.Option("--whole", help="重新完整复制数据库 · copy the database anew")] = False) -> None:
    """做一次备份 · Make a backup. Exit code 2: a target failed or a file could not be copied."""
    with open_installation(home) as installation:
        keeping = _keeping(installation)
        taken = keeping.run(by=operator_name(), whole=whole)
    manifest = taken.manifest
    kind = ("完整", "whole") if manifest.whole else ("增量", "what is new since the last")
    say(f"已备份 {manifest.id}({kind[0]}):{len(manifest.entries)} 项,新送出 {taken.sent:,} 字节", f"Backed up {manifest.id} ({kind[1]}): {len(manifest.entries)} contents, {taken.sent:,} bytes sent")
    for name in taken.targets:
        console.print(f"✓ {name}", markup=False)
    for name, reason in taken.failed.items():
        console.print(f"✗ {name}: {reason}", markup=False)
    for fault in manifest.faults:
        console.print(f"! {fault.what}: {fault.path}", markup=False)
    if keeping.setting.keys is None:
        say("密钥没有副本:请在 [backup] 中写明 keys,否则丢失本机后加密的值无法解开", "The keys have no copy: name [backup] keys, or sealed values are lost with this machine")
    if taken.failed or manifest.faults:
        raise typer.Exit(2)


@backups.command("list")
def list_(home: Home = HERE) -> None:
    """列出各目标上的备份 · List the backups on every target, newest first."""
    setting = _setting(Workspace.open(home))
    for target in setting.targets:
        console.print(target.name, markup=False, style="bold")
        for manifest in Shelf(target, setting.key()).manifests():
            console.print(_line(manifest), markup=False)


def _line(manifest: Manifest) -> str:
    kind = "whole" if manifest.whole else "since"
    faults = f"  !{len(manifest.faults)}" if manifest.faults else ""
    return f"  {manifest.id}  {manifest.point_at:%Y-%m-%d %H:%M:%S}Z  {kind:<5}  {manifest.bytes:>14,}  {manifest.lake.release or '-'}{faults}"


@backups.command("check")
def check(backup: Backup = None, target: Target = None, home: Home = HERE) -> None:
    """逐项读取并核对一个备份 · Read a backup whole and compare every content with its hash. Exit code 3: it is damaged."""
    setting, faults = _setting(Workspace.open(home)), 0
    for place in (t for t in setting.targets if target in (None, t.name)):
        shelf = Shelf(place, setting.key())
        manifest = shelf.find(backup)
        found = damaged(shelf, manifest)
        for entry, what in found:
            console.print(f"! {what}: {entry.content}", markup=False)
        faults += len(found)
        say(f"{place.name} {manifest.id}: {len(manifest.entries)} 项中 {len(found)} 项有问题", f"{place.name} {manifest.id}: {len(found)} of {len(manifest.entries)} contents are at fault")
    if faults:
        raise typer.Exit(3)


@backups.command("drill")
def drill(backup: Backup = None, target: Target = None, home: Home = HERE) -> None:
    """恢复演练:恢复到临时位置,逐项检查,留下签名的记录 · Try a backup out and keep a signed record. Exit code 3: it did not pass."""
    with open_installation(home) as installation:
        id_, made = _keeping(installation).drill(by=operator_name(), target=target, backup=backup)
    for seen in made.checks:
        console.print(f"{'✓' if seen.passed else '✗'} {seen.name}: {seen.seen}", markup=False, soft_wrap=True)
    say(f"{id_}: 恢复用时 {made.recovery_seconds:.1f} 秒,数据丢失窗口 {made.loss_seconds:.0f} 秒", f"{id_}: recovered in {made.recovery_seconds:.1f} s, {made.loss_seconds:.0f} s would have been lost")
    if not made.passed:
        raise typer.Exit(3)


@backups.command("restore")
def restore(
    folder: Annotated[Path, typer.Argument(help="新工作区,空文件夹 · the new workspace, an empty folder")],
    from_: Annotated[str, typer.Option("--from", help="备份目标 · the target: a folder or s3://bucket/prefix?endpoint=…")],
    key_file: Annotated[Path, typer.Option(envvar=KEY_FILE, help="备份密钥文件 · the file with the backup key")],
    keys: Annotated[str | None, typer.Option(help="密钥副本所在 · where the copy of the keys is")] = None,
    backup: Annotated[str | None, typer.Option(help="备份号,缺省为最新 · a backup's id; the newest when left out")] = None,
) -> None:
    """从备份恢复为新的工作区 · Make a workspace from a backup; nothing is ever overwritten."""
    held = BackupKey.read(key_file)
    shelf = Shelf(open_target(from_, beside=Path()), held)
    manifest = shelf.find(backup)
    bundle = bring_keys(open_target(keys, beside=Path()), held) if keys else None
    external = external_store()
    try:
        done = bring_back(shelf, manifest, folder, keys=bundle, by=operator_name(), external=external)
    finally:
        if external is not None:
            external.close()
    say(f"已恢复 {done.backup}({done.point_at:%Y-%m-%d %H:%M:%S}Z)到 {folder}:{done.files} 项,{done.seconds:.1f} 秒", f"Restored {done.backup} ({done.point_at:%Y-%m-%d %H:%M:%S}Z) to {folder}: {done.files} contents, {done.seconds:.1f} s")
    if not done.keys:
        say("未给出密钥副本:加密的值仍然锁着,已有签名密钥不能再签", "No copy of the keys was given: sealed values stay sealed, and existing signing keys cannot sign")
    for fault in manifest.faults:
        console.print(f"! {fault.what}: {fault.path}", markup=False)
    say(f"接着:medthread verify --home {folder}", f"Next: medthread verify --home {folder}")
