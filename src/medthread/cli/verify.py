"""`medthread verify`: whether everything is there, and as it was."""

import typer

from medthread.app import open_installation
from medthread.cli.audit import tell_checked
from medthread.cli.options import HERE, Home
from medthread.cli.speech import console, say
from medthread.model.errors import ConfigurationError


def verify(home: Home = HERE) -> None:
    """检查发布所列的每个文件都在且未变,审计日志完整 · Check that every file of the release is there and unchanged, and that the audit log is whole."""
    with open_installation(home) as installation:
        current = installation.releases.current()
        if current is None:
            raise ConfigurationError("nothing is published yet", hint="run `medthread run` first")
        faults = installation.faults(current)
        left = installation.upkeep.orphans()
        checked, copied = installation.check(), installation.log.copies is not None
    files = sum(len(t.files) for t in current.tables.values())
    for fault in faults:
        console.print(f"! {fault.what}: {fault.path} ({fault.table})", markup=False)
    if faults:
        say(f"{current.id}: {files} 个文件中 {len(faults)} 个有问题", f"{current.id}: {len(faults)} of {files} files are at fault")
    else:
        say(f"{current.id}: {files} 个文件齐全且未变", f"{current.id}: all {files} files are there and unchanged")
    if left:
        say(f"湖中另有 {len(left)} 个文件不属于任何提交(中断的运行所留,或他人放入),如 {left[0]}", f"{len(left)} files of the lake belong to no commit (left by a run that was cut short, or laid there), such as {left[0]}")
    if not tell_checked(checked, copied=copied) or faults:
        raise typer.Exit(3)
