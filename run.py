#!/usr/bin/env python3
"""The project's two commands, with nothing but Python 3.11+ needed beforehand.

python3 run.py extract [ARGS …]   makes .venv, installs the package and extracts facts from examples/ (or ARGS)
python3 run.py test [ARGS …]      makes .venv, installs the development set and runs ruff, mypy and the tests
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENV = ROOT / ".venv"
BIN = ENV / ("Scripts" if os.name == "nt" else "bin")


def main(argv: list[str]) -> int:
    if not argv or argv[0] not in ("extract", "test"):
        print(__doc__, file=sys.stderr)
        return 2
    if sys.version_info < (3, 11):  # noqa: UP036 - this file must say so itself
        print(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}", file=sys.stderr)
        return 2
    command, rest = argv[0], argv[1:]
    install("." if command == "extract" else ".[dev]")
    if command == "extract":
        return subprocess.call([BIN / "tejarat", "extract", *(rest or ["examples"])], cwd=ROOT)
    checks = [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"], ["pytest", *rest]]
    return max(subprocess.call([BIN / "python", "-m", *check], cwd=ROOT) != 0 for check in checks)


def install(what: str) -> None:
    """Makes .venv and installs the package into it, once for each state of pyproject.toml and constraints.txt."""
    state = what + "".join(
        hashlib.sha256((ROOT / f).read_bytes()).hexdigest() for f in ("pyproject.toml", "constraints.txt")
    )
    mark = ENV / f"installed-{'dev' if 'dev' in what else 'base'}"
    if mark.exists() and mark.read_text() == state:
        return
    print(f"installing {what} into {ENV.name} …", file=sys.stderr, flush=True)
    if not BIN.exists():
        venv.create(ENV, with_pip=True)
    pip = [BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--constraint", "constraints.txt", "--editable", what], cwd=ROOT, check=True)
    mark.write_text(state)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
