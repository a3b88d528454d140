"""Every command of these pages runs as it is written, in a folder with the examples."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tejarat.cli import app

ROOT = Path(__file__).parent.parent
PAGES = ("report.md", "how-to/correct.md")


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```\n(.*?)```", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.S)
    commands = [shlex.split(line) for block in blocks for line in block.splitlines()]
    assert commands
    for command in commands:
        assert command[0] == "tejarat"
        result = CliRunner().invoke(app, command[1:])
        # The checker ends with 1 where the model's reading has faults: there is something to correct.
        assert result.exit_code == 0 or command[1:3] == ["corpus", "check"], (command, result.output)
        assert result.exception is None or isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("page", ["report.md", "serve.md", "how-to/correct.md", "python-api.md"])
def test_links_and_pictures_are_there(page: str) -> None:
    path = ROOT / "docs" / page
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target
