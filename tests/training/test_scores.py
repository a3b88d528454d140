from __future__ import annotations

import numpy as np
import pytest

from tejarat.schema import Entity

from scores import calibration_error, product_recall, strict_f1  # isort: skip

TEXT = "صادرات پسته و فرش دستباف به عراق"


def row(*spans: tuple[int, int, str], text: str = TEXT) -> dict[str, object]:
    return {"id": "a", "date": None, "text": text, "entities": [dict(zip(("start", "end", "label"), s, strict=True)) for s in spans]}  # fmt: skip


def found(*spans: tuple[int, int, str], score: float = 1.0) -> list[Entity]:
    return [Entity(f"e{i}", s, e, label, TEXT[s:e], score) for i, (s, e, label) in enumerate(spans)]  # type: ignore[arg-type]


PISTACHIO, CARPET, IRAQ = (7, 11, "PRODUCT"), (14, 24, "PRODUCT"), (28, 32, "COUNTRY")
GOLD = row(PISTACHIO, CARPET, IRAQ)


def test_a_span_counts_only_where_all_of_it_is_right() -> None:
    scores = strict_f1([GOLD], [found(PISTACHIO, (14, 17, "PRODUCT"), IRAQ)])
    assert scores["PRODUCT"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "support": 2}
    assert scores["COUNTRY"]["f1"] == 1.0
    assert scores["micro"]["f1"] == pytest.approx(2 / 3, abs=1e-4)
    assert "MONEY" not in scores


def test_nothing_found_and_nothing_there() -> None:
    assert strict_f1([GOLD], [[]])["micro"]["f1"] == 0.0
    assert strict_f1([row()], [[]])["micro"]["support"] == 0


def test_goods_are_known_by_their_key() -> None:
    train = [row((0, 5, "PRODUCT"), text="پستهٔ"), row((0, 4, "COUNTRY"), text="عراق")]
    scores = product_recall([GOLD], [found(PISTACHIO)], train)
    assert scores == {"seen": {"recall": 1.0, "support": 1}, "unseen": {"recall": 0.0, "support": 1}}


def test_calibration_error_is_the_gap_of_score_and_truth() -> None:
    assert calibration_error([GOLD], [found(PISTACHIO, IRAQ, score=1.0)]) == 0.0
    half = [found(PISTACHIO, (0, 6, "PRODUCT"), score=0.9)]
    assert calibration_error([GOLD], half) == pytest.approx(0.4, abs=1e-4)
    assert calibration_error([GOLD], [[]]) is None
    assert np.isfinite(calibration_error([GOLD], half) or 0)
