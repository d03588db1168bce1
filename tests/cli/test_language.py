"""An error is told in the reader's language, what was typed wrong too, and it ends as before: 1 for what failed, 2 for what was not understood."""

from pathlib import Path

import pytest

from medthread.cli import main

NOWHERE = "/a/folder/that/is/not/there"


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    assert isinstance(end.value.code, int)
    return end.value.code, capsys.readouterr().err


@pytest.mark.parametrize(("language", "what", "way_out"), [
    ("zh", "不是工作区", "请用 `medthread init"), ("en", "is not a workspace", "make one with `medthread init"), ("de", "不是工作区", "请用"),
])
def test_what_failed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], language: str, what: str, way_out: str) -> None:
    monkeypatch.setenv("MEDTHREAD_LANG", language)
    code, said = told(capsys, "run", "--home", NOWHERE)
    assert code == 1
    assert f"✗ {NOWHERE} {what}" in said
    assert f"→ {way_out}" in said


@pytest.mark.parametrize(("arguments", "zh", "en"), [
    (("verfy",), "没有命令 verfy，您要的是不是 'verify'？", "No such command 'verfy'. Did you mean 'verify'?"),
    (("trace",), "缺少参数 lot", "Missing argument 'lot'."),
    (("trace", "L1"), "缺少选项 --item", "Missing option '--item'."),
    (("trace", "--colour"), "没有选项 --colour", "No such option: --colour"),
    (("run", "--home"), "选项 --home 需要一个值", "Option '--home' requires an argument."),
    (("version", "now"), "多出了参数：now", "Got unexpected extra argument(s) (now)"),
    (("demo", "--scale", "much"), "的值不对：应为数字", "Input should be a valid number"),
])
def test_what_was_typed_wrong(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], zh: str, en: str) -> None:
    monkeypatch.setenv("MEDTHREAD_LANG", "zh")
    code, said = told(capsys, *arguments)
    assert code == 2
    assert zh in said
    assert "用法：" in said or "requires" in en  # there the framework does not say of which command
    assert "Usage" not in said
    monkeypatch.setenv("MEDTHREAD_LANG", "en")
    code, said = told(capsys, *arguments)
    assert code == 2
    assert en in said
    assert "用法" not in said


def test_without_arguments_the_help_is_shown_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys)
    assert code == 2
    assert "✗" not in said


def test_what_ends_well_ends_with_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for arguments in (["version"], ["--version"], ["trace", "--help"], ["init", str(tmp_path / "company")]):
        code, said = told(capsys, *arguments)
        assert (code, said) == (0, "")
