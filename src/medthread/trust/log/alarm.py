"""What is wrong with sealing now, in words for people: shown in health and on the audit page."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, text

from medthread.model import Label

LATE = 5.0  # seconds a committed row may wait
APART = 60.0  # seconds between the clock of the database and ours, after which somebody should look: see `times`
WAITING = text("select count(*) as rows, coalesce(extract(epoch from clock_timestamp() - min(at)), 0) as oldest from medthread.audit_unsealed")
CLOCK = text("select clock_timestamp()")
HOLDING = text("""
    select pid, extract(epoch from clock_timestamp() - xact_start) as seconds from pg_stat_activity
    where backend_xid is not null and pid <> pg_backend_pid() and datname = current_database() order by xact_start limit 1
""")


@dataclass(frozen=True)
class Alarm:
    """One thing that somebody must look at."""

    code: str
    label: Label


@dataclass(frozen=True)
class Waiting:
    """How many rows are not sealed yet, and how many seconds the oldest has waited."""

    rows: int
    oldest: float


def waiting(tx: Connection) -> Waiting:
    """What waits to be sealed."""
    row = tx.execute(WAITING).one()
    return Waiting(row.rows, float(row.oldest))


def alarms(tx: Connection) -> list[Alarm]:
    """Rows that wait too long, with the open transaction that holds them up where there is one; a clock that is wrong."""
    return [*_late(tx), *_apart(tx)]


def _apart(tx: Connection) -> list[Alarm]:
    """The clock of the database and that of this process, which signs checkpoints."""
    apart = (tx.execute(CLOCK).scalar_one() - datetime.now(UTC)).total_seconds()
    if abs(apart) <= APART:
        return []
    return [Alarm("audit.clock", Label(
        f"数据库的时钟与本机相差 {apart:+.0f} 秒:请校时,否则核验会把审计记录的时间报为不符",
        f"the clock of the database differs from this machine's by {apart:+.0f} s: set them right, or audit rows will be told to be dated by hand"))]


def _late(tx: Connection) -> list[Alarm]:
    found = waiting(tx)
    if found.oldest <= LATE:
        return []
    zh, en = f"{found.rows} 条审计记录未封存,最久已等 {found.oldest:.0f} 秒", f"{found.rows} audit rows are not sealed; the oldest has waited {found.oldest:.0f} s"
    holding = tx.execute(HOLDING).one_or_none()
    if holding is not None:
        zh += f";进程 {holding.pid} 的事务已开启 {holding.seconds:.0f} 秒,其后的记录须等它结束"
        en += f"; a transaction of process {holding.pid} has been open for {holding.seconds:.0f} s, and what follows waits for its end"
    return [Alarm("audit.unsealed", Label(zh, en))]
