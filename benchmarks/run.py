"""The benchmark: how fast the batch engine is beside its peers, on this machine, in one run.

``python benchmarks/run.py`` measures everything and takes about an hour on two cores; ``--quick`` tries every case on a
few articles. Writes a table and ``benchmarks/results.json``.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tejarat.batch.engine import cores
from tejarat.corpus.format import load
from tejarat.errors import InputError
from tejarat.io.readers import read
from tejarat.tagger.model import load_model
from tejarat.tagger.shipped import shipped_model_path
from tejarat.text.words import words

HERE = Path(__file__).parent
ROOT = HERE.parent


@dataclass(slots=True)
class Measure:
    """One row of the table. ``articles`` limits slow peers to the first so many."""

    title: str
    case: str
    settings: dict[str, Any] = field(default_factory=dict)
    articles: int | None = None
    runs: list[dict[str, float]] = field(default_factory=list)
    fault: str = ""


def plan(options: argparse.Namespace) -> list[Measure]:
    """What is measured, in order."""
    few = 8 if options.quick else options.peer_articles
    peaks = [
        Measure(f"peak of a matrix product, {'int8' if int8 else 'fp32'}", "peak", {"int8": int8, "times": 5})
        for int8 in (False, True)
    ]
    ours = [
        Measure("ours: model alone, int8", "forward"),
        Measure("ours: tagger, int8 ONNX", "onnx_tagger"),
        Measure("ours: tagger, fp32 torch", "torch_tagger"),
        Measure("ours: all stations, 1 process", "engine", {"processes": 1}),
        Measure("ours: all stations, 2 processes", "engine", {"processes": 2}),
        Measure("ours: all stations, spaCy Language", "spacy_pipe"),
        Measure("ours: the command, 1 process", "command", {"processes": 1}),
        Measure("ours: the command, 2 processes", "command", {"processes": 2}),
        Measure("ours: Ray, 2 actors", "over_ray", {"processes": 2}),
        Measure("ours: first line of the command", "first_result"),
    ]
    settings = [("sentences", 1), ("sentences", 8), ("sentences", 32), ("documents", 1), ("documents", 8)]
    peers = [
        Measure(
            f"{'(b) base-size, random' if base else '(a) same model'}: {unit}, batch {batch}",
            "peer",
            {"base": base, "unit": unit, "batch": batch, "window": 512 if base else 128},
            few,
        )
        for base, (unit, batch) in itertools.product((False, True), settings)
    ]
    spacy = [Measure("(c) spaCy CNN, random", "spacy_cnn")]
    scaling = [
        Measure(f"ours: {count:,} articles", "command", {"processes": 0}, count) for count in options.sizes
    ]
    return [*peaks, *ours, *peers, *spacy, *scaling]


def main() -> None:
    options, load_before = arguments(), os.getloadavg()[0]
    texts = texts_of(options.input)
    if options.quick:
        options.articles, options.rounds, options.sizes = 16, 1, []
    measures = [m for m in plan(options) if options.only in m.title]
    base = {"model": options.model, "torch_model": options.torch_model, "threads": cores()}
    with tempfile.TemporaryDirectory() as folder:
        for _, one in itertools.product(range(options.rounds), measures):  # Interleaved: noise meets all.
            count = one.articles or options.articles
            path = Path(folder) / f"{count}.jsonl"
            if not path.exists():
                write(texts, count, path)
            print(f"{one.title} …", file=sys.stderr, flush=True)
            run(one, path, base, options.limit)
        pieces = pieces_of(texts, {m.articles or options.articles for m in measures}, options.model)
    results = [figures(m, m.articles or options.articles, pieces) for m in measures]
    share_of_peak(results, ROOT / "models/base-compact/config.json")
    told = {
        "machine": {"cores": cores(), "python": platform.python_version()},
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "load_before": load_before,
        "options": {
            k: getattr(options, k) for k in ("articles", "peer_articles", "sizes", "rounds", "limit")
        },
        "results": results,
    }
    options.output.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    show(results)


def texts_of(paths: list[str]) -> list[str]:
    """The texts to run over: articles as extract reads them, or those of our corpus."""
    if paths:
        return [r.text for r in read(paths) if not isinstance(r, InputError)]
    return [load(path).facts.text for path in sorted((ROOT / "corpus" / "articles").rglob("*.txt"))]


def write(texts: list[str], count: int, path: Path) -> None:
    """So many articles: the texts over and over, each under an id of its own."""
    with path.open("w", encoding="utf-8") as stream:
        for number, text in zip(range(count), itertools.cycle(texts), strict=False):
            stream.write(json.dumps({"id": str(number), "text": text}, ensure_ascii=False) + "\n")


def run(one: Measure, texts: Path, base: dict[str, Any], limit: float) -> None:
    """One case in a process of its own, its memory and its children's watched."""
    args = [sys.executable, str(HERE / "cases.py"), one.case, str(texts)]
    args.append(json.dumps({**base, **one.settings}))
    job = subprocess.Popen(
        args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    most = [0]
    watcher = threading.Thread(target=watch, args=(job, most), daemon=True)
    watcher.start()
    try:
        out, errors = job.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(job.pid, signal.SIGKILL)  # With what it started: it would work on beside the next case.
        job.communicate()
        one.fault = f"not done in {limit:.0f} s"
        return
    watcher.join()
    if job.returncode:
        told = [x for x in errors.splitlines() if x.strip() and "CalledProcessError" not in x]
        one.fault = f"failed with exit code {job.returncode}" + (
            f": {told[-1].strip()[:200]}" if told else ""
        )
    else:
        one.runs.append({**json.loads(out.splitlines()[-1]), "peak_mib": most[0] / 1024})


def watch(job: subprocess.Popen[str], most: list[int]) -> None:
    """Keeps the most memory (KiB, shared pages in parts) that the process and its children had together."""
    while job.poll() is None:
        most[0] = max(most[0], sum(map(memory, family(job.pid))))
        time.sleep(0.2)


def family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        children = []
    return [pid, *(one for child in children for one in family(int(child)))]


def memory(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def pieces_of(texts: list[str], counts: set[int], model: str) -> dict[int, int]:
    """Word pieces of the first so many articles, by our tokenizer: the same tokens for all."""
    encoder = load_model(model).encoder
    sizes = [len(encoder.encode(text, words(text)).ids) for text in texts]
    whole = sum(sizes)
    return {c: c // len(texts) * whole + sum(sizes[: c % len(texts)]) for c in counts}


def figures(one: Measure, articles: int, pieces: dict[int, int]) -> dict[str, Any]:
    """The medians of a case's runs."""
    row: dict[str, Any] = {"title": one.title, "case": one.case, "settings": one.settings, "fault": one.fault}
    if not one.runs:
        return row
    seconds = statistics.median(r["seconds"] for r in one.runs)
    row |= {
        "seconds": seconds,
        "load_s": statistics.median(r["load_s"] for r in one.runs),
        "peak_mib": max(r["peak_mib"] for r in one.runs),
        "runs": one.runs,
    }
    if one.case == "peak":
        row["gops"] = one.runs[0]["operations"] / min(r["seconds"] for r in one.runs) / 1e9
    elif one.case != "first_result":
        row |= {
            "articles": articles,
            "articles_s": articles / seconds,
            "tokens_s": pieces[articles] / seconds,
        }
    return row


def share_of_peak(results: list[dict[str, Any]], config_file: Path) -> None:
    """How much of the int8 peak the model alone reaches: its matrix products, places of padding counted."""
    peak = next(
        (r["gops"] for r in results if r["case"] == "peak" and r["settings"]["int8"] and "gops" in r), None
    )
    row = next((r for r in results if r["case"] == "forward" and "runs" in r), None)
    if not peak or not row or not config_file.is_file():
        return
    c = json.loads(config_file.read_text())
    hidden, layers, inner = c["hidden_size"], c["num_hidden_layers"], c["intermediate_size"]
    first = row["runs"][0]
    dense = 2 * layers * (4 * hidden**2 + 2 * hidden * inner) * first["places"]
    attention = 4 * layers * hidden * first["squares"]
    row["gops"] = (dense + attention) / row["seconds"] / 1e9
    row["share_of_peak"] = row["gops"] / peak


def show(results: list[dict[str, Any]]) -> None:
    table = Table(header_style="dim")
    for name in ("", "articles/s", "tokens/s", "seconds", "load s", "peak MiB", "GOP/s", "of peak"):
        table.add_column(name, justify="left" if not name else "right")
    keys = ("articles_s", "tokens_s", "seconds", "load_s", "peak_mib", "gops", "share_of_peak")
    forms = ("{:,.2f}", "{:,.0f}", "{:,.2f}", "{:,.2f}", "{:,.0f}", "{:,.1f}", "{:.0%}")
    for row in results:
        cells = [f.format(row[k]) if k in row else "" for k, f in zip(keys, forms, strict=True)]
        table.add_row(row["title"] + (f" ({row['fault']})" if row["fault"] else ""), *cells)
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--input", nargs="+", default=[], help="articles, as extract reads them; by default our corpus"
    )
    parser.add_argument("--articles", type=int, default=400, help="articles of a run")
    parser.add_argument("--peer-articles", type=int, default=40, help="articles of a run of the slow peers")
    parser.add_argument(
        "--sizes", type=int, nargs="*", default=[1000, 10_000, 100_000], help="inputs of the scaling"
    )
    parser.add_argument("--rounds", type=int, default=3, help="runs of each case, interleaved")
    parser.add_argument("--limit", type=float, default=3600, help="seconds that one run may take")
    parser.add_argument("--only", default="", help="cases whose title holds these words")
    parser.add_argument("--quick", action="store_true", help="16 articles, one round, no scaling")
    parser.add_argument("--model", default=str(shipped_model_path()), help="our model in ONNX")
    parser.add_argument(
        "--torch-model", default=str(ROOT / "models/tejarat-compact-torch"), help="the same, for torch"
    )
    parser.add_argument("--output", type=Path, default=HERE / "results.json")
    return parser.parse_args()


if __name__ == "__main__":
    main()
