"""What the linker sees: mentions in order, lists, sentences, and what stands between."""

from __future__ import annotations

import pytest
from articles import reading

TEXT = "صادرات {p:پسته}، {p:خرما} و {p:زعفران} کرمان به {c:هند} و {c:چین} به {m:3 میلیون دلار} رسید. ۲ هزار تن {p:مس} هم راهی {c:عراق} شد."


def test_mentions_stand_in_order_with_their_sentence() -> None:
    found = reading(TEXT)
    kinds = [(m.kind, m.sentence) for m in found.mentions]
    assert kinds == [
        ("cue", 0), ("product", 0), ("product", 0), ("product", 0), ("area", 0), ("area", 0), ("area", 0), ("money", 0),
        ("quantity", 1), ("product", 1), ("cue", 1), ("area", 1),
    ]  # fmt: skip
    assert [m.value for m in found.by_kind["area"]] == ["IR-08", "IN", "CN", "IQ"]


def test_a_list_is_one_group() -> None:
    found = reading(TEXT)
    pistachio, dates, saffron, copper = found.by_kind["product"]
    assert pistachio.group == dates.group == saffron.group != copper.group
    _, india, china, _ = found.by_kind["area"]
    assert india.group == china.group
    assert found.group_bounds["product", pistachio.group] == (pistachio.first, saffron.last)


def test_counts_what_stands_between() -> None:
    found = reading(TEXT)
    cue, money = found.by_kind["cue"][0], found.by_kind["money"][0]
    assert found.between("product", cue.last, money.first) == 3
    assert found.between("area", cue.last, money.first) == 3
    assert found.between("money", cue.last, money.first) == 0
    assert found.between("area", money.first, cue.last) == 0


@pytest.mark.parametrize(
    ("body", "flow"),
    [
        ("صادرات استان", "export"),
        ("گندم وارد شد", "import"),
        ("داد و ستد دو کشور", "trade"),
        ("صادر\u200cکنندگان", "export"),
        ("مبادلات تجاري", "trade"),
        ("كالاي صادراتي", "export"),
    ],
)
def test_flow_words_in_every_spelling(body: str, flow: str) -> None:
    assert [m.value for m in reading(body).by_kind["cue"]][:1] == [flow]


def test_signals_are_found_by_their_beginnings() -> None:
    found = reading("هدف‌گذاری صادرات به عراق. امسال صادر شد.")
    assert found.signals(0)["target"] == [0]
    assert found.signals(1)["target"] == []


def test_nothing_to_read() -> None:
    for body in ("", " \n", "…"):
        assert reading(body).mentions == []
