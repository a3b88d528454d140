"""For programs and notebooks: facts as a stream, and as tables of Arrow and pandas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from tejarat.errors import MissingExtraError
from tejarat.schema import Article, ArticleFacts, Filler, Relation

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from spacy.language import Language

Rows = Literal["relations", "entities", "articles"]


def extract(
    articles: Iterable[Article | str],
    *,
    nlp: Language | None = None,
    batch_size: int | None = None,
    n_process: int = 1,
) -> Iterator[ArticleFacts]:
    """The trade facts of articles, in their order, as a stream: nothing is held but a batch.

    Args:
        articles: articles, or bare texts, which get the ids ``1``, ``2``, ….
        nlp: a pipeline of :func:`tejarat.load`; None for the shipped model, which is loaded once.
        batch_size: articles that go through the pipeline together; it changes no result.
        n_process: processes that share the work.

    Raises:
        ModelError: the shipped model is missing.
    """
    from tejarat import pipeline

    return pipeline.extract(nlp or _shipped(), articles, batch_size or pipeline.BATCH_SIZE, n_process)


def to_arrow(facts: Iterable[ArticleFacts], rows: Rows = "relations") -> pa.Table:
    """Facts as a table.

    Args:
        rows: what a row is. ``relations``: one column a slot, areas and goods as lists. ``entities``: spans with
            their values. ``articles``: the published form, nested, as ``tejarat extract --format parquet`` writes it.
    """
    import pyarrow as pa

    from tejarat.io.writers import parquet_schema

    if rows == "articles":
        return pa.Table.from_pylist([f.to_dict() for f in facts], schema=parquet_schema())
    if rows == "relations":
        found = [_relation(f, r) for f in facts for r in f.relations]
        return pa.Table.from_pylist(found, schema=_relations_schema())
    spans = [
        {"article": f.id, "date": f.date, **e} for f in facts for e in f.to_dict(with_text=False)["entities"]
    ]
    entity = parquet_schema().field("entities").type.value_type
    head = [pa.field("article", pa.string()), pa.field("date", pa.string())]
    return pa.Table.from_pylist(spans, schema=pa.schema([*head, *entity]))


def to_pandas(facts: Iterable[ArticleFacts], rows: Rows = "relations") -> pd.DataFrame:
    """:func:`to_arrow` as a data frame; days are timestamps.

    Raises:
        MissingExtraError: pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError:
        raise MissingExtraError("to_pandas", "pandas", "pandas") from None
    frame: pd.DataFrame = to_arrow(facts, rows).to_pandas()
    for name in ("date", "period_start", "period_end"):
        if name in frame:
            frame[name] = pd.to_datetime(frame[name], errors="coerce")
    return frame


@cache
def _shipped() -> Language:
    from tejarat.pipeline import load

    return load()


def _relation(facts: ArticleFacts, r: Relation) -> dict[str, Any]:
    def bounds(filler: Filler[Any] | None, name: str) -> dict[str, Any]:
        low = high = None
        if filler is not None:
            low, high = (getattr(filler.value, n) for n in filler.value.__slots__ if n.startswith(_NUMBERS))
        return {name: low, f"{name}_max": high}

    return {
        "article": facts.id, "date": facts.date, "relation": r.id, "flow": r.flow,
        "reporters": [a.code for a in r.reporters], "reporter_names": [a.name for a in r.reporters],
        "partners": [a.code for a in r.partners], "partner_names": [a.name for a in r.partners],
        "products": [p.name for p in r.products], "hs": [p.hs for p in r.products],
        **bounds(r.value, "value"), "currency": r.value.value.currency if r.value else None,
        "quantity": r.quantity and r.quantity.amount, "quantity_max": r.quantity and r.quantity.amount_max,
        "unit": r.quantity and r.quantity.unit,
        **bounds(r.share, "share"), **bounds(r.growth, "growth"), **bounds(r.rank, "rank"), "rank_scope": r.rank_scope,
        "period_start": r.period and r.period.start, "period_end": r.period and r.period.end,
        "modality": r.modality, "score": r.score, "evidence": facts.text[r.evidence.start : r.evidence.end],
    }  # fmt: skip


_NUMBERS = ("amount", "percent", "rank")


def _relations_schema() -> pa.Schema:
    import pyarrow as pa

    string, number = pa.string(), pa.float64()
    kinds: dict[str, pa.DataType] = dict.fromkeys(("article", "date", "relation", "flow"), string)
    kinds |= dict.fromkeys(
        ("reporters", "reporter_names", "partners", "partner_names", "products", "hs"), pa.list_(string)
    )
    kinds |= {"value": number, "value_max": number, "currency": string}
    kinds |= {"quantity": number, "quantity_max": number, "unit": string}
    kinds |= {f"{name}{end}": number for name in ("share", "growth") for end in ("", "_max")}
    kinds |= {"rank": pa.int64(), "rank_max": pa.int64()}
    kinds |= dict.fromkeys(("rank_scope", "period_start", "period_end", "modality"), string)
    kinds |= {"score": number, "evidence": string}
    return pa.schema(list(kinds.items()))
