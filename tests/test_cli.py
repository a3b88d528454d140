from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from tejarat import __version__
from tejarat.cli import app

SCHEMA = json.loads((Path(__file__).parents[1] / "docs" / "output.schema.json").read_text("utf-8"))
TEXT = "۲۱ آبان ۱۴۰۴\nصادرات پسته ایران به عراق با ۱۲ درصد رشد به 3.5 میلیون دلار رسید."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text(TEXT, "utf-8")
    (folder / "b.jsonl").write_text(
        json.dumps({"id": "x", "text": "واردات گندم", "date": "2024-01-01"}) + "\n", "utf-8"
    )
    return folder


def run(*args: object, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, [str(a) for a in args], input=stdin)


def process(*args: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "tejarat.cli", *map(str, args)], input=stdin, capture_output=True
    )


def test_jsonl_to_a_file(folder: Path, tmp_path: Path, tiny_model: Path) -> None:
    out = tmp_path / "out.jsonl"
    done = run("extract", folder, "--output", out, "--format", "jsonl", "--model", tiny_model)
    assert done.exit_code == 0, done.output
    data = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [(d["id"], d["date"]) for d in data] == [("a", "2025-11-12"), ("x", "2024-01-01")]
    assert data[0]["text"] == TEXT
    for one in data:
        jsonschema.Draft202012Validator(SCHEMA).validate(one)


def test_the_form_is_told_by_the_files_name(folder: Path, tmp_path: Path, tiny_model: Path) -> None:
    assert (
        run("extract", folder, "-o", tmp_path / "o.parquet", "--model", tiny_model, "--no-text").exit_code
        == 0
    )
    table = pq.read_table(tmp_path / "o.parquet")
    assert table.column("id").to_pylist() == ["a", "x"]
    assert "text" not in table.column_names
    assert run("extract", folder, "-o", tmp_path / "o.dat", "--model", tiny_model).exit_code == 0
    assert json.loads((tmp_path / "o.dat").read_text("utf-8").splitlines()[0])["id"] == "a"


def test_a_table_is_shown_where_no_file_is_named(folder: Path, tmp_path: Path, tiny_model: Path) -> None:
    done = run("extract", folder, "--model", tiny_model)
    assert done.exit_code == 0
    assert "a · 2025-11-12" in done.stdout
    assert (
        run("extract", folder, "--format", "table", "-o", tmp_path / "t", "--model", tiny_model).exit_code
        == 0
    )
    assert (tmp_path / "t").read_text("utf-8") == done.stdout


def test_standard_input_to_standard_output(tiny_model: Path) -> None:
    done = process(
        "extract", "-", "--format", "jsonl", "--no-text", "--model", tiny_model, stdin=TEXT.encode()
    )
    assert done.returncode == 0, done.stderr.decode()
    data = json.loads(done.stdout)
    assert (data["id"], data["date"], "text" in data) == ("stdin", "2025-11-12", False)


def test_bad_input_is_told_line_by_line_and_the_rest_is_done(
    folder: Path, tmp_path: Path, tiny_model: Path
) -> None:
    (folder / "b.jsonl").write_bytes(b'{"text": "a"}\n{"text": 1}\n{broken\n')
    (folder / "c.txt").write_bytes(b"\xff\xfe")
    (folder / "d.txt").write_bytes(b"")
    out = tmp_path / "out.jsonl"
    done = run("extract", folder, tmp_path / "none.txt", "-o", out, "--model", tiny_model)
    assert done.exit_code == 1
    *errors, summary = done.stderr.splitlines()
    assert len(errors) == 5
    assert "2 articles" in summary
    assert "5 records not read (see" in summary
    told = [json.loads(x) for x in (tmp_path / "out.quarantine.jsonl").read_text("utf-8").splitlines()]
    assert [(Path(x["file"]).name, x["line"]) for x in told] == [
        ("b.jsonl", 2),
        ("b.jsonl", 3),
        ("c.txt", 1),
        ("d.txt", None),
        ("none.txt", None),
    ]
    for error, place in zip(
        errors, ("b.jsonl:2: ", "b.jsonl:3: ", "c.txt:1: ", "d.txt: ", "none.txt: "), strict=True
    ):
        assert place in error
    assert [json.loads(line)["id"] for line in out.read_text("utf-8").splitlines()] == ["a", "b:1"]


def test_nothing_to_process(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "*.txt"):
        done = run("extract", place, "-o", tmp_path / "out.jsonl")
        assert done.exit_code == 2
        assert "nothing to extract from" in done.stderr
    assert not (tmp_path / "out.jsonl").exists()
    assert run("extract", "-", stdin="").exit_code == 2


def test_only_faults_is_exit_code_1(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xff")
    assert run("extract", tmp_path / "a.txt").exit_code == 1


def test_our_errors_are_one_line(folder: Path, tmp_path: Path, tiny_model: Path) -> None:
    for args in (["--model", tmp_path / "no-model"], ["--model", tiny_model, "-o", tmp_path / "no" / "out"]):
        done = run("extract", folder, *args)
        assert done.exit_code == 1
        assert len(done.stderr.splitlines()) == 1
        assert "Traceback" not in done.output


def test_comtrade_rows(folder: Path, tmp_path: Path, tiny_model: Path) -> None:
    args = ["extract", folder, "--model", tiny_model, "--quiet", "--format", "comtrade"]
    assert run(*args, "-o", tmp_path / "o.csv").exit_code == 0
    lines = (tmp_path / "o.csv").read_text("utf-8").splitlines()
    assert lines[0].startswith("articleId,articleDate,relationId,groupId")
    shown = run(*args)
    assert shown.stdout.splitlines() == lines


def test_a_run_in_json_lines(folder: Path, tmp_path: Path, tiny_model: Path) -> None:
    (folder / "c.txt").write_bytes(b"\xff\xfe")
    out = tmp_path / "out.jsonl.gz"
    done = run("extract", folder, "-o", out, "--model", tiny_model, "--log-json")
    assert done.exit_code == 1
    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert [e["event"] for e in events if e["event"] != "progress"] == ["unreadable", "done"]
    assert (events[-1]["articles"], events[-1]["quarantined"]) == (2, 1)
    with gzip.open(out, "rt", encoding="utf-8") as stream:
        assert [json.loads(line)["id"] for line in stream] == ["a", "x"]


def test_a_job_leaves_its_own_output_alone(folder: Path, tiny_model: Path) -> None:
    for _ in range(2):
        done = run("extract", folder, "-o", folder / "out.jsonl", "--model", tiny_model, "--quiet")
        assert (done.exit_code, done.stderr) == (0, "")
        assert len((folder / "out.jsonl").read_text("utf-8").splitlines()) == 2
    assert sorted(p.name for p in folder.iterdir()) == ["a.txt", "b.jsonl", "out.jsonl"]


def test_a_pipe_is_written_to_as_it_comes(folder: Path, tmp_path: Path, tiny_model: Path) -> None:
    done = process("extract", folder, "-o", "/dev/stdout", "--format", "jsonl", "--model", tiny_model)
    assert done.returncode == 0, done.stderr.decode()
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a", "x"]


def test_parquet_needs_a_file(folder: Path) -> None:
    done = run("extract", folder, "--format", "parquet")
    assert done.exit_code == 2
    assert "--output" in done.stderr


def test_version() -> None:
    done = run("--version")
    assert (done.exit_code, done.stdout.strip()) == (0, f"tejarat {__version__}")


ARTICLE = """# tejarat article 1
id: {id}
date: 2025-11-12
kind: trade
---
صادرات {{p1:پسته}} به {{c:عراق}} به {{m1:3 میلیون دلار}} رسید. {more}
---
export IR -> IQ; products p1; value m1 {value} USD
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    corpus = tmp_path / "corpus"
    (corpus / "articles").mkdir(parents=True)
    (corpus / "articles" / "a.txt").write_text(ARTICLE.format(id="a", value=3000000, more=""), "utf-8")
    (corpus / "articles" / "b.txt").write_text(ARTICLE.format(id="b", value=3000000, more="پسته"), "utf-8")
    (corpus / "splits.json").write_text('{"train": ["a"], "dev": ["b"], "test": []}', "utf-8")
    return corpus


def test_corpus_check(corpus: Path) -> None:
    done = run("corpus", "check", corpus)
    assert (done.exit_code, done.stdout) == (0, "2 articles, 0 faults, repetition 0.00%\n")
    review = run("corpus", "check", corpus, "--review")
    assert (review.exit_code, "b.txt:6: 'پسته' is PRODUCT elsewhere" in review.stdout) == (0, True)


def test_corpus_check_finds_faults(corpus: Path) -> None:
    (corpus / "articles" / "c.txt").write_text(ARTICLE.format(id="a", value=4, more=""), "utf-8")
    (corpus / "articles" / "d.txt").write_text("no article", "utf-8")
    done = run("corpus", "check", corpus)
    assert done.exit_code == 1
    shown = done.stdout.splitlines()
    assert len(shown) == 4
    assert "d.txt:1: " in shown[0]
    assert "c.txt:8: value: written" in shown[1]
    assert "c.txt:2: the id 'a'" in shown[2]
    assert "3 articles, 3 faults" in shown[3]


def test_corpus_check_counts_repetition(corpus: Path) -> None:
    more = " ".join(f"واژه{n}" for n in range(20))
    for name in "ab":
        (corpus / "articles" / f"{name}.txt").write_text(
            ARTICLE.format(id=name, value=3000000, more=more), "utf-8"
        )
    done = run("corpus", "check", corpus)
    assert done.exit_code == 1
    assert "repeated in a, b: " in done.stdout
    assert "100.0% of word runs recur" in done.stdout


def test_corpus_stats(corpus: Path) -> None:
    done = run("corpus", "stats", corpus, "--json")
    assert done.exit_code == 0
    data = json.loads(done.stdout)
    assert [data["splits"][s]["articles"] for s in ("all", "train", "dev")] == [2, 1, 1]
    assert data["splits"]["all"]["spans"]["PRODUCT"] == 2
    assert data["repetition"] == 0
    table = run("corpus", "stats", corpus)
    assert table.exit_code == 0
    assert "spans: PRODUCT" in table.stdout


def test_no_corpus(tmp_path: Path) -> None:
    assert run("corpus", "check", tmp_path / "none").exit_code == 2
    assert run("corpus", "stats", tmp_path).exit_code == 2


@pytest.mark.parametrize("args", ["--help", "--version", "extract --help", "corpus --help"])
def test_help_is_quick(args: str) -> None:
    code = (
        "import sys\nfrom tejarat.cli import app\n"
        "try:\n    app(sys.argv[1:])\n"
        "except SystemExit as end:\n    assert not end.code\n"
        "heavy = {'spacy', 'onnxruntime', 'torch', 'numpy', 'pyarrow'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code, *args.split()], capture_output=True, check=True)


def test_extraction_imports_neither_torch_nor_transformers(
    folder: Path, tmp_path: Path, tiny_model: Path
) -> None:
    code = (
        "import sys\nfrom tejarat.cli import app\n"
        "try:\n    app(sys.argv[1:])\n"
        "except SystemExit as end:\n    assert not end.code, end.code\n"
        "heavy = {'torch', 'transformers', 'datasets', 'sklearn', 'scipy', 'ray', 'spacy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    args = ["extract", folder, "-o", tmp_path / "out.parquet", "--model", tiny_model]
    done = subprocess.run([sys.executable, "-c", code, *map(str, args)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_importing_the_package_is_instant() -> None:
    code = (
        "import sys, tejarat\n"
        "assert not {m for m in sys.modules if m.startswith('tejarat.')}, sys.modules\n"
        "assert callable(tejarat.load) and callable(tejarat.extract) and tejarat.Article('a', 'b').id == 'a'\n"
        "assert set(tejarat.__all__) <= set(dir(tejarat))\n"
        "try:\n    tejarat.nothing\nexcept AttributeError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "nothing" in done.stdout
