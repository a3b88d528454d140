"""Small inputs and a way to run the command line with small parts, so that a job has many."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SENTENCES = (
    "صادرات پسته ایران به عراق با ۱۲ درصد رشد به 3.5 میلیون دلار رسید.",
    "واردات گندم در سال ۱۴۰۳ از روسیه ۲۰ هزار تن بود.",
    "هوا در تهران ابری است و باران می‌بارد.",
    "آلمان با ۱.۲ میلیارد یورو رتبه سوم خریداران فرش را دارد.",
)
_SMALL_PARTS = """
import sys
import tejarat.batch.engine as engine, tejarat.batch.job as job
engine.RECORDS, job.CHUNKS = 4, 2
from tejarat.cli import app
if __name__ == "__main__":
    app(sys.argv[1:])
"""


def write_news(path: Path, count: int, bad: tuple[int, ...] = ()) -> Path:
    """JSON lines of articles; the lines at ``bad`` are broken."""
    with path.open("w", encoding="utf-8") as stream:
        for n in range(count):
            text = f"خبر {n}\n" + " ".join(SENTENCES[(n * k) % 4] for k in range(1, 4))
            stream.write("{broken\n" if n in bad else json.dumps({"id": f"a{n}", "text": text}) + "\n")
    return path


@pytest.fixture
def small_parts(tmp_path: Path) -> Callable[..., subprocess.Popen[bytes]]:
    """Starts ``tejarat`` in a process of its own with parts of eight articles."""
    script = tmp_path / "small_parts.py"
    script.write_text(_SMALL_PARTS)

    def start(*args: object) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, str(script), *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    return start
