"""The report on the terminal: truth beside result."""

from typing import Any

from rich.table import Table

from medthread.cli.speech import console, language

WORDS = {
    "zh": {
        "quality": ("植入的问题", "植入", "找到", "误报"), "sources": ("来源", "文件", "重复", "读取", "接收", "隔离", "更正"),
        "masters": ("主数据", "记录", "黄金记录", "真值", "配对精确率", "配对召回率"),
        "trace": "召回演练 {item} / {lot}:真实受影响 {true_units} 台,找到 {found_units},遗漏 {missing},多出 {extra};客户 {customers} 家;{milliseconds:.1f} 毫秒",
        "release": "发布 {id}:{tables} 张表;发布 {milliseconds_to_publish:.1f} 毫秒,回滚 {milliseconds_to_roll_back:.1f} 毫秒",
        "rerun": "再次运行:{seconds:.2f} 秒,写入 {rows_written} 行",
        "seconds": "用时(秒):",
    },
    "en": {
        "quality": ("Planted fault", "Planted", "Found", "False alarms"),
        "sources": ("Source", "Files", "Repeated", "Read", "Accepted", "Held", "Corrected"),
        "masters": ("Master", "Records", "Golden", "True", "Pair precision", "Pair recall"),
        "trace": "Recall drill {item} / {lot}: {true_units} units truly affected, {found_units} found, {missing} missing, {extra} extra; {customers} customers; {milliseconds:.1f} ms",
        "release": "Release {id}: {tables} tables; published in {milliseconds_to_publish:.1f} ms, rolled back in {milliseconds_to_roll_back:.1f} ms",
        "rerun": "Second run: {seconds:.2f} s, {rows_written} rows written",
        "seconds": "Seconds: ",
    },
}


def print_verdict(report: dict[str, Any]) -> None:
    """Tables of sources, faults, masters; the recall drill; the release."""
    words = WORDS["zh" if language().startswith("zh") else "en"]
    _table(words["sources"], [
        [r["name"], r["files"], r["files_repeated"], *(r[n] for n in ("rows_read", "rows_accepted", "rows_quarantined", "rows_corrected"))]
        for r in report["sources"]
    ])
    _table(words["quality"], [[r["fault"], r["planted"], r["found"], r["false_alarms"]] for r in report["quality"]])
    _table(words["masters"], [
        [r["domain"], r["records"], r["golden"], r["true_golden"], f"{r['pair_precision']:.3f}", f"{r['pair_recall']:.3f}"]
        for r in report["masters"]
    ])
    for name in ("trace", "release", "rerun"):
        console.print(str(words[name]).format(**report[name]), markup=False)
    spent = "  ".join(f"{k} {v:.2f}" for k, v in report["seconds"].items())
    console.print(f"{words['seconds']}{spent}", markup=False)


def _table(header: Any, rows: list[list[Any]]) -> None:
    table = Table()
    for n, word in enumerate(header):
        table.add_column(str(word), justify="right" if n else "left")
    for row in rows:
        table.add_row(*(f"{c:,}" if isinstance(c, int) else str(c) for c in row))
    console.print(table)
