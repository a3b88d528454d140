"""Explanations: of the very run that made the relations, with the words and reasons of every slot."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from articles import marked

from tejarat.linker.assemble import link, trace
from tejarat.linker.explain import explain, feature_words, near, reasons
from tejarat.linker.features import Row
from tejarat.linker.judge import FILLERS
from tejarat.linker.scorer import shipped
from tejarat.linker.statement import Trace
from tejarat.text.sentences import sentences

BODY = (
    "صادرات {p:سیمان} {c:ایران} به {c:عراق} امسال با {t:۱۲ درصد} رشد به {m:65 میلیون دلار} رسید.\n"
    "بودجه شهرداری {m:3 میلیارد تومان} است."
)
UNNAMED = "امسال {m:65 میلیون دلار} {p:سیمان} به {c:عراق} صادر شد."


def traced(body: str) -> Trace:
    text, entities = marked(body)
    return trace(text, date(2025, 11, 12), sentences(text), entities)


def test_the_trace_is_the_run_that_links() -> None:
    text, entities = marked(BODY)
    assert traced(BODY).relations == link(text, date(2025, 11, 12), sentences(text), entities)


def test_every_slot_names_its_words_probability_and_reasons() -> None:
    found = traced(BODY)
    (one,) = explain(found)
    by_slot = {b.slot: b for b in one.slots}
    assert {"flow", "value", "growth", "reporters", "partners", "products", "period"} <= set(by_slot)
    words = {slot: b.text for slot, b in by_slot.items()}
    assert words["flow"] == "صادرات"
    assert (words["partners"], words["reporters"], words["products"]) == ("عراق", "ایران", "سیمان")
    assert (words["value"], words["growth"], words["period"]) == ("65 میلیون دلار", "۱۲ درصد", "امسال")
    for bound in one.slots:
        assert bound.probability is not None
        assert 0.0 <= bound.probability <= 1.0
        assert bound.span is not None
        assert found.reading.text[slice(*bound.span)] == bound.text
        assert len(bound.reasons) <= 3
    assert by_slot["partners"].reasons


def test_a_reporter_that_is_not_named_is_said_to_be_assumed() -> None:
    (one,) = explain(traced(UNNAMED))
    (reporter,) = [b for b in one.slots if b.slot == "reporters"]
    assert (reporter.value["code"], reporter.span, reporter.text) == ("IR", None, "not named: Iran assumed")


def test_reasons_are_what_lowers_the_answer_most() -> None:
    judgement = traced(BODY).judgement
    (partner,) = [c for c in judgement.areas[judgement.pairs[0][0]] if c.code == "IQ"]
    found = reasons(shipped(), "area", partner.row, 2, most=50)
    assert found == reasons(shipped(), "area", partner.row, 2, most=50)
    assert all(r.worth > 0 for r in found)
    worths = [r.worth for r in found]
    assert worths == sorted(worths, reverse=True)
    known = {**partner.row.shared, **partner.row.own}
    assert all(name in known for r in found for name in r.features)


def test_the_first_pass_is_weighed_anew_with_the_feature() -> None:
    judgement = traced(BODY).judgement
    for question in FILLERS:
        for option in (o for options in judgement.candidates(question) for o in options):
            first = shipped().probabilities(question, [option.row])[0]
            assert np.isclose(option.row.own["1:own1"], first[1])


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("m-1=از", 1.0, "«از» right before it"),
        ("before_m-1=از", 1.0, "last named before the number: «از» right before it"),
        ("before_m-2=<area>", 1.0, "last named before the number: a place 2 words before it"),
        ("closer_ones", 0.0, "candidates that stand closer: 0"),
        ("1:before1", 0.97, "the statement before has it (with 0.97)"),
        ("area_is_last_domestic", 1.0, "the last place in Iran named before"),
        ("lines", 2.0, "lines between it and the number: 2"),
        ("export_here", 1.0, "words of export in the sentence: 1"),
        ("a feature of tomorrow", 1.0, "a feature of tomorrow"),
    ],
)
def test_features_in_plain_words(name: str, value: float, words: str) -> None:
    told = feature_words(name, value)
    assert told is not None
    assert told[0] == words


def test_what_the_first_pass_said_of_the_same_is_no_reason() -> None:
    assert feature_words("1:own2", 0.9) is None
    assert feature_words("1:lead1", 0.9) is None


def test_every_feature_of_the_scorer_has_words() -> None:
    found = traced(BODY + "\n" + "رتبه {r:سوم} واردات ۲ هزار تن {p:برنج} از {c:هند} هدف است.").judgement
    rows: list[Row] = [*found.anchor_rows, *found.pair_rows]
    rows += [o.row for q in FILLERS for options in found.candidates(q) for o in options]
    names = {name: value for row in rows for name, value in {**row.shared, **row.own}.items()}
    bare = [n for n, v in names.items() if (told := feature_words(n, v)) is not None and told[0] == n]
    assert bare == []


def test_the_rules_that_changed_a_slot_are_named() -> None:
    again = "صادرات {p:سیمان} به {c:عراق} به {m:65 میلیون دلار} رسید.\n\n"
    told = explain(
        traced(again + "وی گفت: صادرات {p:سیمان} {c:ایران} به {c:عراق} به {m:65 میلیون دلار} رسید.")
    )
    assert len(told) == 1
    assert any("told 2 times" in rule for rule in told[0].rules)
    growths = (
        "در هفت ماهه امسال ۴۵ هزار تن {p:سیمان} به ارزش {m:۱۲ میلیون دلار} از {c:ایران} به {c:عراق} صادر شد؛ این رقم در برابر "
        "هفت ماه پارسال در وزن {t:۲۰ درصد} و در ارزش {t:۳۱ درصد} رشد نشان می‌دهد."
    )
    assert all(any("growth of weight" in rule for rule in e.rules) for e in explain(traced(growths)))


def test_trade_told_from_the_other_side_keeps_each_candidates_own_weight() -> None:
    found = traced("مبادلات تجاری {c:تاجیکستان} و {c:ایران} امسال به {m:۵۰ میلیون دلار} رسید.")
    (statement,) = found.statements
    turned = "trade_from_iran" in statement.rules
    for w in statement.weighed:
        if w.slot in ("reporters", "partners") and w.taken:
            own = {"reporters": 1, "partners": 2}[w.slot]
            assert w.answer == (3 - own if turned else own)


def test_the_nearest_decisions_come_first() -> None:
    found = near(traced(BODY), 6)
    gaps = [abs(c.probability - c.threshold) for c in found]
    assert len(found) == 6
    assert gaps == sorted(gaps)
    everything = near(traced(BODY), 10_000)
    rejected = [c for c in everything if c.what == "states a flow" and not c.taken]
    assert [c.text for c in rejected if "تومان" in c.text] == ["3 میلیارد تومان"]
    assert all(c.taken == (c.probability >= c.threshold) for c in everything if c.what == "states a flow")


def test_nothing_to_explain() -> None:
    assert explain(traced("باران آمد.")) == []
    assert near(traced("باران آمد."), 5) == []
