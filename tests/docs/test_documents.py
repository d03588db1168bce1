"""Documents are true: links lead somewhere, both languages are there, every row is followed, commands run."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "examples").glob("*.md"), *(ROOT / "docs").rglob("*.md")])
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
LINK = re.compile(r"\]\((?!https?:|/|#)([^)#]+)(?:#[^)]*)?\)")
COUNTS = {"D": 8, "G": 15, "P": 6, "S": 7, "M": 6, "Q": 4, "C": 5, "N": 10, "R": 5, "T": 14}
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)

# Lines of English guides that say in other words what the Chinese one says: names of columns, reasons, names of people.
WORDS = {
    "steward.en.md": {
        "code,name,tax no,phone,remark": "编码,名称,税号,电话,备注",
        "V002,苏州弘雅五金有限公司,9133O304685627980X,,typed by hand": "V002,苏州弘雅五金有限公司,9133O304685627980X,,手工录入",
        "    ignore: [remark]": "    ignore: [备注]",
        "        fields: {code: code, name: name, uscc: tax no, phone: phone}": "        fields: {code: 编码, name: 名称, uscc: 税号, phone: 电话}",
        **{
            f'medthread held decide corrected --of erp.supplier --set name=苏州弘达五金有限公司 --reason "asked the supplier"{tried} --home mycompany':
            f'medthread held decide corrected --of erp.supplier --set 名称=苏州弘达五金有限公司 --reason "已向供应商核实"{tried} --home mycompany'
            for tried in (" --try", "")
        },
    },
    "access.en.md": {
        'echo "a long password" | medthread account add lin --role qa --printed-name Lin --home bound':
        'echo "a long password" | medthread account add lin --role qa --printed-name 小林 --home bound',
        'medthread account assign lin --reason "moved to Suzhou" --plant SZ --organisation T --region CN --home bound':
        "medthread account assign lin --reason 调到苏州 --plant SZ --organisation T --region CN --home bound",
    },
}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} -> {target}"


@pytest.mark.parametrize("guide", [g for g in GUIDES if not g.name.endswith(".en.md")], ids=lambda p: p.name)
def test_every_guide_is_there_in_both_languages(guide: Path) -> None:
    other = guide.with_suffix(".en.md")
    assert other.exists()
    here, there = (p.read_text(encoding="utf-8") for p in (guide, other))
    assert here.count("\n## ") == there.count("\n## ")
    assert len(SHELL.findall(here)) == len(SHELL.findall(there))


def test_every_row_of_the_specification_is_followed() -> None:
    text = (ROOT / "docs" / "traceability.md").read_text(encoding="utf-8")
    rows = [[c.strip() for c in line.strip("|").split("|")] for line in text.splitlines() if re.match(r"\| [A-Z]\d+ \|", line)]
    assert sorted(r[0] for r in rows) == sorted(f"{letter}{n}" for letter, count in COUNTS.items() for n in range(1, count + 1))
    for id_, _, state, where, proof, missing in rows:
        assert state in "✔◐○", id_
        if state != "○":
            assert "](" in where, f"{id_} says it works, and not where"
            assert "](" in proof, f"{id_} says it works, and no test proves it"
        if state != "✔":
            assert missing, f"{id_} is not whole, and does not say what is missing"


def scripts() -> dict[str, str]:
    """What the guides tell to type, by the guide that tells it first: the same runs once, also where only its words are of the other language."""
    told = {g.name: "".join(SHELL.findall(g.read_text(encoding="utf-8"))) for g in reversed(GUIDES)}
    return {name: script for script, name in {in_chinese(n, s): n for n, s in told.items() if s}.items()}


def in_chinese(guide: str, script: str) -> str:
    """The script with the English words that its guide puts in the place of Chinese ones, line by line; any other difference stays one."""
    words = WORDS.get(guide, {})
    return "\n".join(words.get(line, line) for line in script.split("\n"))


@pytest.mark.parametrize("guide", sorted(WORDS))
def test_words_of_the_other_language_stand_in_their_guides(guide: str) -> None:
    here, there = ((ROOT / "docs" / "guides" / name).read_text(encoding="utf-8").splitlines() for name in (guide, guide.replace(".en.", ".")))
    assert WORDS[guide].keys() <= set(here)
    assert set(WORDS[guide].values()) <= set(there)


@pytest.mark.parametrize("guide", sorted(scripts()))
def test_the_commands_of_a_guide_run(guide: str, tmp_path: Path) -> None:
    script = "set -e\n" + scripts()[guide]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={"PATH": path, "HOME": str(tmp_path), "LANG": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_project_speaks_of_itself_alone() -> None:
    # Written in pieces, or this file would be the first to break its own rule.
    banned = re.compile("|".join(("py" + "pi[.]org", "npm" + "js[.]org", "/wo" + "rk/", "/ro" + "ot/")))
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    for name in listed:
        path = ROOT / name
        if path.suffix != ".png" and path.is_file():
            assert not banned.search(path.read_text(encoding="utf-8", errors="replace")), name


def test_an_old_python_is_refused_before_anything_is_installed(tmp_path: Path) -> None:
    old = tmp_path / "python3.9"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")  # what `sys.exit(True)` of an older one comes to
    old.chmod(0o755)
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    done = subprocess.run(["make", "demo", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "make demo PYTHON=python3.12 · Python 3.11 or later" in done.stdout
    assert not (tmp_path / ".venv").exists()
