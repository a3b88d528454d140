from __future__ import annotations

from dataclasses import fields
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tejarat.corpus.augment import (
    Augmentation,
    Sample,
    arabic_letters,
    augment,
    digits,
    drop_headline,
    glue,
    half_spaces,
    percent_signs,
    renumber,
    rewrite,
    separators,
    shape,
    slips,
    surface_bank,
    swap,
)
from tejarat.text.normalize import key, solid
from tejarat.text.words import at_edges


def sample(marked: str) -> Sample:
    """A sample from text with marks such as ``[P:پسته]``."""
    names = {"M": "MONEY", "T": "PERCENT", "R": "RANK", "C": "COUNTRY", "P": "PRODUCT"}
    text, spans = "", []
    for i, part in enumerate(marked.replace("]", "[").split("[")):
        if i % 2:
            spans.append((len(text), len(text) + len(part) - 2, names[part[0]]))
            part = part[2:]
        text += part
    return Sample(text, tuple(spans))


def surfaces(s: Sample) -> list[str]:
    return [s.text[a:b] for a, b, _ in s.spans]


ARTICLE = sample(
    "صادرات [P:شوینده‌ها] به [C:عراق] رشد کرد\n\nبه گزارش ایسنا، صادرات [P:شوینده‌ها] و [P:پسته] به [C:عراق] "
    "[T:12.5 درصد] رشد کرد و به [M:3,500,000 دلار] رسید؛ این کشور [R:رتبه چهارم] را دارد، [R:سومین] خریدار "
    "می‌شود. قیمت [M:۵۷٫۳ هزار تومان] و [T:۲۰ درصدی] است. [C:کره جنوبی] هم [P:کاغذ های] ما را خرید."
)
BANK = surface_bank(
    [ARTICLE, sample("[C:ترکیه] [P:فرش دستباف] [M:دو میلیون یورو] [T:۷٪] [R:پنجمین] [R:جایگاه دوم]")]
)
EVERY = Augmentation(**{f.name: 1.0 for f in fields(Augmentation)})


def assert_sound(s: Sample) -> None:
    at = 0
    for start, end, _ in s.spans:
        assert start >= at
        assert at_edges(s.text, start, end)
        at = end


@given(st.integers(0, 10**6), st.sampled_from([Augmentation(), EVERY]))
def test_every_variant_keeps_spans_at_word_edges_and_in_order(seed: int, how: Augmentation) -> None:
    out = augment(ARTICLE, Random(seed), how, BANK)
    assert_sound(out)
    labels = [label for _, _, label in out.spans]
    originals = [label for _, _, label in ARTICLE.spans]
    assert labels in (originals, originals[2:])  # The headline has two spans.


@given(st.integers(0, 10**6))
def test_without_swaps_and_slips_only_the_spelling_changes(seed: int) -> None:
    how = Augmentation(swap=0, renumber=0, typos=0, headline=0, percent=0, separators=0)
    out = augment(ARTICLE, Random(seed), how)
    assert [solid(x) for x in surfaces(out)] == [solid(x) for x in surfaces(ARTICLE)]


@given(st.integers(0, 10**6))
def test_the_same_state_writes_the_same(seed: int) -> None:
    assert augment(ARTICLE, Random(seed), EVERY, BANK) == augment(ARTICLE, Random(seed), EVERY, BANK)


def test_no_change_falls_at_share_zero() -> None:
    never = Augmentation(**{f.name: 0.0 for f in fields(Augmentation)})
    assert augment(ARTICLE, Random(1), never, BANK) is ARTICLE


@given(st.data())
def test_rewrite_carries_every_span_along(data: st.DataObject) -> None:
    """Words are replaced by longer and shorter ones; each span still covers what it covered, rewritten."""
    count = data.draw(st.integers(1, 10))
    names = [f"w{i}" for i in range(count)]
    starts = [sum(len(n) + 1 for n in names[:i]) for i in range(count)]
    marks = data.draw(st.lists(st.booleans(), min_size=count, max_size=count))
    changes = data.draw(st.dictionaries(st.integers(0, count - 1), st.text("xyz", min_size=1, max_size=6)))
    spans = tuple((s, s + len(n), "PRODUCT") for s, n, m in zip(starts, names, marks, strict=True) if m)
    edits = [(starts[i], starts[i] + len(names[i]), new) for i, new in changes.items()]
    out = rewrite(Sample(" ".join(names), spans), edits)
    written = [changes.get(i, n) for i, n in enumerate(names)]
    assert out.text == " ".join(written)
    assert surfaces(out) == [w for w, m in zip(written, marks, strict=True) if m]


def test_a_span_inside_a_larger_edit_vanishes_and_the_rest_moves() -> None:
    out = rewrite(sample("الف [P:پسته] ب [C:عراق]"), [(0, 11, "")])
    assert (out.text, surfaces(out)) == ("عراق", ["عراق"])


def test_an_edit_over_one_edge_is_left_out() -> None:
    given_ = sample("صادرات [P:پسته] خوب")
    assert rewrite(given_, [(5, 9, "-")]) == given_


def test_an_edit_that_would_glue_a_span_to_its_neighbour_is_not_made() -> None:
    given_ = sample("صادرات [P:پسته] خوب")
    assert rewrite(given_, [(6, 7, "")]) == given_


def test_digits_take_one_script() -> None:
    seen = {digits(sample("[T:۱۲ درصد] 34 ٥"), Random(seed)).text for seed in range(40)}
    assert seen == {"12 درصد 34 5", "۱۲ درصد ۳۴ ۵", "١٢ درصد ٣٤ ٥"}


def test_arabic_letters() -> None:
    assert arabic_letters(sample("[P:کیک] یزدی")).text == "كيك يزدي"


def test_half_spaces_are_lost_spaced_mixed_or_written() -> None:
    seen = {
        tuple(surfaces(half_spaces(sample("[P:شوینده‌ها] و [P:کاغذ های] ما"), Random(s)))) for s in range(40)
    }
    assert {("شویندهها", "کاغذ های"), ("شوینده ها", "کاغذ های"), ("شوینده‌ها", "کاغذ‌های")} <= seen


def test_separators_change_within_amounts_only() -> None:
    seen = {
        separators(sample("1404/08/21 [M:1,500.5 دلار] [T:57/3 درصد]"), Random(s)).text for s in range(60)
    }
    assert all(text.startswith("1404/08/21 ") for text in seen)
    assert "1404/08/21 1٬500٫5 دلار 57٫3 درصد" in seen
    assert "1404/08/21 1500/5 دلار 57/3 درصد" in seen


def test_percent_signs() -> None:
    seen = {
        percent_signs(sample("[T:12 درصد] و [T:۲۰ درصدی] و [T:پنج درصد]"), Random(s)).text for s in range(60)
    }
    assert seen == {f"{x} و ۲۰ درصدی و پنج درصد" for x in ("12 درصد", "12%", "12٪", "٪12", "%12")}


@pytest.mark.parametrize("seed", range(20))
def test_slips_touch_letters_of_long_words_only(seed: int) -> None:
    out = slips(ARTICLE, Random(seed), 1.0)
    assert out != ARTICLE
    assert [c for c in out.text if c.isdigit()] == [c for c in ARTICLE.text if c.isdigit()]
    assert len(out.text.split()) == len(ARTICLE.text.split())


def test_glue_spares_numbers() -> None:
    out = glue(sample("در 1403. 12 نفر، [P:پسته] خرید."), Random(0), 1.0)
    assert out.text == "در 1403. 12 نفر،پسته خرید."


def test_the_headline_goes_with_its_spans() -> None:
    out = drop_headline(ARTICLE)
    assert out.text.startswith("به گزارش")
    assert surfaces(out) == surfaces(ARTICLE)[2:]
    assert drop_headline(sample("یک سطر [P:پسته]")) == sample("یک سطر [P:پسته]")


def test_a_swap_holds_throughout_the_article() -> None:
    changed = 0
    for seed in range(20):
        out = swap(ARTICLE, Random(seed), BANK, 0.7)
        pairs = {(key(a), key(b)) for a, b in zip(surfaces(ARTICLE), surfaces(out), strict=True)}
        assert len(pairs) == len({a for a, _ in pairs})
        changed += out != ARTICLE
    assert changed == 20


def test_a_shape_is_what_a_sentence_can_take() -> None:
    assert shape("MONEY", "80 میلیون دلاری") != shape("MONEY", "80 میلیون دلار")
    assert shape("RANK", "سومین") != shape("RANK", "رتبه سوم") != shape("RANK", "سوم")
    assert shape("PERCENT", "٪۲۰") == shape("PERCENT", "20%") != shape("PERCENT", "20 درصد")
    assert shape("PRODUCT", "پسته") == shape("PRODUCT", "فرش دستباف")


def test_renumber_keeps_length_script_and_sameness() -> None:
    out = renumber(sample("[M:250 دلار] و [M:250 یورو] و [T:۹ درصد] در 250"), Random(3))
    first, second, third = surfaces(out)
    assert first.split()[0] == second.split()[0]
    assert len(first.split()[0]) == 3
    assert third[0] in "۱۲۳۴۵۶۷۸۹"
    assert out.text.endswith("در 250")
