"""What is measured: each case runs in a process of its own, over the same texts, and prints its figures as JSON.

``python benchmarks/cases.py CASE TEXTS.jsonl SETTINGS``; :mod:`run` starts them. Loading is timed apart from working.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Settings = dict[str, Any]
#: Loads and returns what is to be timed: a function over all texts.
Case = Callable[[list[str], Settings], Callable[[], object]]

HUGE = 10**9


def onnx_tagger(texts: list[str], settings: Settings) -> Callable[[], object]:
    """Our tagger alone, on ONNX Runtime."""
    return _tagger(texts, settings, "onnx", settings["model"])


def torch_tagger(texts: list[str], settings: Settings) -> Callable[[], object]:
    """Our tagger alone, on torch in fp32."""
    return _tagger(texts, settings, "torch", settings["torch_model"])


def _tagger(texts: list[str], settings: Settings, backend: Any, model: str) -> Callable[[], object]:
    from tejarat.tagger.model import load_model
    from tejarat.tagger.tagger import Tagger

    tagger = Tagger(load_model(model, backend, threads=settings["threads"]))
    tagger.tag(texts[0])
    return lambda: sum(map(len, tagger.pipe(texts)))


def forward(texts: list[str], settings: Settings) -> Callable[[], object]:
    """The model's runs alone, on batches made beforehand: what the share of the peak is told of."""
    from tejarat.tagger.model import load_model
    from tejarat.tagger.tagger import Tagger
    from tejarat.tagger.windows import batches, pad, rows

    tagger = Tagger(load_model(settings["model"], "onnx", threads=settings["threads"]))
    encoder = tagger.model.encoder
    lines = [row for page in map(tagger._page, texts) for row in rows(page.pieces, page.windows, encoder)]
    budget = tagger.model.settings.max_batch_tokens
    made = [pad([lines[i] for i in group], encoder.pad) for group in batches(list(map(len, lines)), budget)]
    tagger.model.logits(*made[0])
    settings["told"] = {
        "places": sum(ids.size for ids, _ in made),
        "padding": 1 - sum(map(len, lines)) / sum(ids.size for ids, _ in made),
        "squares": sum(ids.size * ids.shape[1] for ids, _ in made),
    }
    return lambda: [tagger.model.logits(*one) for one in made]


def engine(texts: list[str], settings: Settings) -> Callable[[], object]:
    """The whole pipeline as ``tejarat extract`` runs it; processes are started within the time."""
    from tejarat.batch.engine import Work, chunks, run
    from tejarat.schema import Article

    articles = [Article(str(n), text) for n, text in enumerate(texts)]
    work = Work(settings["model"], threads=settings["threads"] if settings["processes"] == 1 else 0)
    return lambda: sum(len(made) for _, made in run(work, chunks(articles), settings["processes"]))


def spacy_pipe(texts: list[str], settings: Settings) -> Callable[[], object]:
    """The whole pipeline as a spaCy ``Language``."""
    from tejarat import pipeline

    nlp = pipeline.load(settings["model"])
    next(pipeline.extract(nlp, texts[:1]))
    return lambda: sum(1 for _ in pipeline.extract(nlp, texts))


def command(texts: list[str], settings: Settings) -> Callable[[], object]:
    """``tejarat extract`` from JSON lines to JSON lines, start-up and all."""
    import subprocess

    def work() -> None:
        with tempfile.TemporaryDirectory() as folder:
            args = ["extract", settings["texts"], "--output", f"{folder}/out.jsonl", "--quiet"]
            args += ["--model", settings["model"], "--processes", str(settings["processes"])]
            subprocess.run([sys.executable, "-m", "tejarat", *args], check=True)

    return work


def first_result(texts: list[str], settings: Settings) -> Callable[[], object]:
    """From the start of the command to its first line of output."""
    import subprocess

    def work() -> None:
        args = ["extract", settings["texts"], "--format", "jsonl", "--model", settings["model"]]
        with subprocess.Popen(
            [sys.executable, "-m", "tejarat", *args], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as job:
            assert job.stdout
            job.stdout.readline()
            job.kill()

    return work


def over_ray(texts: list[str], settings: Settings) -> Callable[[], object]:
    """The whole pipeline over a local Ray, from Parquet; Ray is started before the time."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    import ray

    from tejarat.batch.engine import Work
    from tejarat.batch.ray import extract_dataset

    path = Path(settings["texts"]).with_suffix(".parquet")
    pq.write_table(pa.table({"text": texts}), path)
    ray.init(num_cpus=settings["processes"] + 1, include_dashboard=False, log_to_driver=False)

    def work() -> int:
        rows = ray.data.read_parquet(str(path))
        made = extract_dataset(rows, Work(settings["model"]), actors=settings["processes"])
        return sum(1 for _ in made.iter_rows())

    return work


def peer(texts: list[str], settings: Settings) -> Callable[[], object]:
    """``transformers.pipeline("token-classification")``: tagging only.

    ``base`` puts a randomly initialised BERT of ParsBERT's size in place of the model: its speed is meant, its
    answers mean nothing.
    """
    import torch
    import transformers

    from tejarat.text.sentences import sentences

    torch.set_num_threads(settings["threads"])
    tokenizer = transformers.AutoTokenizer.from_pretrained(settings["torch_model"])
    if settings["base"]:
        config = transformers.BertConfig(vocab_size=100_000)
        model = transformers.BertForTokenClassification(config)
    else:
        model = transformers.AutoModelForTokenClassification.from_pretrained(settings["torch_model"])
    model.train(False)
    extra: Settings = {}
    if settings["unit"] == "documents":
        tokenizer.model_max_length = min(512, model.config.max_position_embeddings, settings["window"])
        extra = {"aggregation_strategy": "first", "stride": 32}
    else:
        tokenizer.model_max_length = model.config.max_position_embeddings
    tag = transformers.pipeline("token-classification", model=model, tokenizer=tokenizer, device=-1, **extra)
    units = texts
    if settings["unit"] == "sentences":
        units = [s for t in texts for a, b in sentences(t) if (s := t[a:b].strip())]
    tag(units[:1])
    return lambda: tag(units, batch_size=settings["batch"])


def spacy_cnn(texts: list[str], settings: Settings) -> Callable[[], object]:
    """spaCy's default NER (a CNN) with random weights: its speed is meant, its answers mean nothing."""
    import spacy

    from tejarat.schema import LABELS

    nlp = spacy.blank("fa")
    nlp.max_length = HUGE
    ner = nlp.add_pipe("ner")
    for label in LABELS:
        ner.add_label(label)  # type: ignore[attr-defined]
    nlp.initialize()
    return lambda: sum(1 for _ in nlp.pipe(texts))


def peak(texts: list[str], settings: Settings) -> Callable[[], object]:
    """The machine's own peak: one large matrix product in ONNX Runtime, fp32 or unsigned by signed int8."""
    import numpy as np
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    size, times = 1536, settings["times"]
    int8 = settings["int8"]
    kinds = (TensorProto.UINT8, TensorProto.INT32) if int8 else (TensorProto.FLOAT, TensorProto.FLOAT)
    a, c = (helper.make_tensor_value_info(n, k, [size, size]) for n, k in (("a", kinds[0]), ("c", kinds[1])))
    rng = np.random.default_rng(1)
    weights = rng.integers(-64, 64, (size, size)).astype(np.int8 if int8 else np.float32)
    # The right side is a constant, as a layer's weights are, so that the runtime packs it beforehand.
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger" if int8 else "MatMul", ["a", "b"], ["c"])],
        "peak", [a], [c], [numpy_helper.from_array(weights, "b")],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = settings["threads"]
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    feed = {"a": rng.integers(0, 127, (size, size)).astype(np.uint8 if int8 else np.float32)}
    session.run(None, feed)
    settings["told"] = {"operations": 2 * size**3 * times}
    return lambda: [session.run(None, feed) for _ in range(times)]


CASES: dict[str, Case] = {
    case.__name__: case
    for case in (
        onnx_tagger, torch_tagger, forward, engine, spacy_pipe, command, first_result, over_ray, peer, spacy_cnn, peak,
    )
}  # fmt: skip


def main(argv: Iterable[str]) -> None:
    name, texts_file, told = argv
    settings = {**json.loads(told), "texts": texts_file}
    texts = [json.loads(line)["text"] for line in Path(texts_file).read_text("utf-8").splitlines()]
    start = time.perf_counter()
    work = CASES[name](texts, settings)
    loaded = time.perf_counter()
    work()
    seconds = time.perf_counter() - loaded
    print(json.dumps({"load_s": loaded - start, "seconds": seconds, **settings.get("told", {})}))


if __name__ == "__main__":
    main(sys.argv[1:])
