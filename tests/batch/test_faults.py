"""Jobs that are killed, run out of room, or meet bad records: as a user meets them, in processes of their own."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import write_news

Start = Callable[..., "subprocess.Popen[bytes]"]
#: How often one job is killed; the issue's figure is 50.
KILLS = int(os.environ.get("TEJARAT_KILLS", "4"))
BAD = (3, 17, 40, 41)


def test_kill_9_changes_nothing(tmp_path: Path, tiny_model: Path, small_parts: Start) -> None:
    news = write_news(tmp_path / "news.jsonl", max(60, 8 * (KILLS + 4)), BAD)
    args = ["extract", news, "--model", tiny_model, "--quiet", "-o"]
    whole = small_parts(*args, tmp_path / "whole.jsonl", "--processes", 1)
    assert whole.wait() == 1  # There are records that cannot be read.
    manifest = tmp_path / "broken.jsonl.job" / "manifest.jsonl"
    chance = random.Random(1)
    for number in range(KILLS):
        job = small_parts(*args, tmp_path / "broken.jsonl", "--processes", 1 + number % 2)
        seen = lines(manifest)
        while job.poll() is None and lines(manifest) <= seen:
            time.sleep(0.001)
        time.sleep(chance.random() * 0.02)
        job.kill()
        job.wait()
    last = small_parts(*args, tmp_path / "broken.jsonl")
    assert last.wait() == 1, last.stderr and last.stderr.read()
    for name in ("{}.jsonl", "{}.quarantine.jsonl"):
        whole_bytes = (tmp_path / name.format("whole")).read_bytes()
        assert (tmp_path / name.format("broken")).read_bytes() == whole_bytes
    ids = [json.loads(line)["id"] for line in (tmp_path / "broken.jsonl").read_text("utf-8").splitlines()]
    assert len(ids) == len(set(ids)) == max(60, 8 * (KILLS + 4)) - len(BAD)
    told = [json.loads(x) for x in (tmp_path / "broken.quarantine.jsonl").read_text().splitlines()]
    assert [line["line"] for line in told] == [n + 1 for n in BAD]
    assert not manifest.parent.exists()


def lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def test_a_process_that_dies_stops_the_job_with_a_line(
    tmp_path: Path, tiny_model: Path, small_parts: Start
) -> None:
    news = write_news(tmp_path / "news.jsonl", 400)
    args = ["extract", news, "--model", tiny_model, "-o", tmp_path / "o.jsonl", "--quiet", "--processes", 2]
    job = small_parts(*args)
    manifest = tmp_path / "o.jsonl.job" / "manifest.jsonl"
    while job.poll() is None and lines(manifest) < 3:
        time.sleep(0.005)
    found = children(job.pid)
    os.kill(found[-1], signal.SIGKILL)
    _, told = job.communicate()
    assert job.returncode == 3
    (line,) = told.decode().splitlines()
    assert "it ended on its own" in line
    again = small_parts(*args)
    assert again.wait() == 0
    ids = [json.loads(line)["id"] for line in (tmp_path / "o.jsonl").read_text("utf-8").splitlines()]
    assert ids == [f"a{n}" for n in range(400)]


def children(pid: int) -> list[int]:
    """The working processes, oldest first; the one before them only keeps track of shared resources."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    if not path.exists():
        pytest.skip("this system does not list a process's children")
    return [int(child) for child in path.read_text().split()]


def test_no_process_outlives_a_killed_job(tmp_path: Path, tiny_model: Path, small_parts: Start) -> None:
    news = write_news(tmp_path / "news.jsonl", 400)
    job = small_parts(
        "extract", news, "--model", tiny_model, "-o", tmp_path / "o.jsonl", "--quiet", "--processes", 2
    )
    manifest = tmp_path / "o.jsonl.job" / "manifest.jsonl"
    while job.poll() is None and lines(manifest) < 3:
        time.sleep(0.005)
    found = children(job.pid)
    job.kill()
    job.wait()
    assert len(found) >= 2
    until = time.monotonic() + 20
    while any(running(pid) for pid in found):
        assert time.monotonic() < until, "a process is left"
        time.sleep(0.05)


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_no_room_left_then_room_again(tmp_path: Path, tiny_model: Path, small_parts: Start) -> None:
    news = write_news(tmp_path / "news.jsonl", 60)
    args = ["extract", news, "--model", tiny_model, "--quiet", "--processes", 1, "-o"]
    assert small_parts(*args, tmp_path / "whole.jsonl").wait() == 0
    out = tmp_path / "out.jsonl"
    # Room for parts but not for the file that joins them.
    room = max(8_000, (tmp_path / "whole.jsonl").stat().st_size // 2)
    limited = subprocess.run(
        [sys.executable, tmp_path / "small_parts.py", *map(str, args), str(out)],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
        capture_output=True,
        text=True,
    )
    assert limited.returncode == 3, limited.stderr
    (line,) = limited.stderr.splitlines()
    assert "60 articles are kept in" in line
    assert not out.exists()
    assert small_parts(*args, out).wait() == 0
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_another_model_setting_or_input_is_refused(
    tmp_path: Path, tiny_model: Path, small_parts: Start
) -> None:
    news = write_news(tmp_path / "news.jsonl", 40)
    args = ["extract", news, "--model", tiny_model, "--quiet", "--processes", 1, "-o", f"{tmp_path / 'out'}/"]
    assert small_parts(*args).wait() == 0
    before = sorted((tmp_path / "out").iterdir())
    assert [p.name for p in before] == ["manifest.jsonl", *(f"part-{n:06}.jsonl" for n in range(5))]
    for more, word in (["--no-text"], "settings"), ([], "input"):
        if word == "input":
            write_news(tmp_path / "news.jsonl", 41)
        job = small_parts(*args, *more)
        _, told = job.communicate()
        assert job.returncode == 3
        assert f"another {word}" in told.decode()
        assert len(told.decode().splitlines()) == 1
    assert small_parts(*args, "--restart").wait() == 0
    assert len(list((tmp_path / "out").iterdir())) == 7
