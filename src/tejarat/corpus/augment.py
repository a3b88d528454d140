"""The same article written otherwise: other digits, lost half-spaces, slips of the key, other goods and places.

Every change is a list of edits, and :func:`rewrite` alone moves the spans, so text and offsets cannot part. A
change that would leave a span off a word's edge is not made. All functions are pure: a sample and a random
state in, a sample out.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from tejarat.text.normalize import key
from tejarat.text.words import at_edges

Span = tuple[int, int, str]
Edit = tuple[int, int, str]
#: What may stand for a surface: shape (see :func:`shape`) → surfaces of that shape.
Bank = Mapping[tuple[str, ...], Sequence[str]]

_ROWS = ("ضصثقفغعهخحجچ", "شسیبلاتنمکگ", "ظطزرذدپو")
_NEIGHBOURS = {
    letter: "".join(row[max(0, i - 1) : i] + row[i + 1 : i + 2])
    for row in _ROWS
    for i, letter in enumerate(row)
}
_DIGITS = {"ascii": "0123456789", "persian": "۰۱۲۳۴۵۶۷۸۹", "arabic": "٠١٢٣٤٥٦٧٨٩"}
_ARABIC = str.maketrans("یک", "يك")
_DECIMAL = re.compile(r"(?<=\d)[.٫/](?=\d{1,2}(?!\d))")
_THOUSANDS = re.compile(r"(?<=\d)[,٬](?=\d{3}(?!\d))")
_PERCENT = re.compile(r"(?P<number>.*\d) ?(?P<sign>درصد|[%٪])|(?P<front>[%٪]) ?(?P<after>\d.*)")
_SUFFIX_SPACE = re.compile(
    r"(?<=[^\W\d]) (?=(?:ها|های|هایی|هایش|هایشان|تر|ترین)(?!\w))|(?:(?<=\bمی)|(?<=\bنمی)) (?=\w)"
)
_HEADLINE = re.compile(r"\A\s*[^\n]{1,250}\n\s*(?=\S)")
_GAP = re.compile(r"(?<=[،؛:.!؟]) (?=\S)")
_WORD = re.compile(r"[^\W\d_]{4,}")
_DIGIT_RUN = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Sample:
    """A text and its flat spans (start, end, label), in order."""

    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How often an article is changed in each way (a share of articles), and how much."""

    digits: float = 0.5
    zwnj: float = 0.5
    arabic: float = 0.2
    separators: float = 0.3
    percent: float = 0.3
    swap: float = 0.5
    #: Share of an article's distinct goods, places and amounts that are swapped where any is.
    swap_rate: float = 0.5
    renumber: float = 0.3
    typos: float = 0.3
    #: Share of words that get a slip where an article has slips.
    typo_rate: float = 0.03
    headline: float = 0.1
    glue: float = 0.15
    #: Share of punctuation marks that lose the space after them where an article loses any.
    glue_rate: float = 0.3


def augment(sample: Sample, random: Random, how: Augmentation, bank: Bank | None = None) -> Sample:
    """One random variant of the sample; the sample itself where no change fell."""
    steps: list[tuple[float, Callable[[Sample], Sample]]] = [
        (how.headline, drop_headline),
        (how.swap if bank else 0.0, lambda s: swap(s, random, bank or {}, how.swap_rate)),
        (how.renumber, lambda s: renumber(s, random)),
        (how.percent, lambda s: percent_signs(s, random)),
        (how.separators, lambda s: separators(s, random)),
        (how.zwnj, lambda s: half_spaces(s, random)),
        (how.typos, lambda s: slips(s, random, how.typo_rate)),
        (how.glue, lambda s: glue(s, random, how.glue_rate)),
        (how.digits, lambda s: digits(s, random)),
        (how.arabic, arabic_letters),
    ]
    for share, step in steps:
        if random.random() < share:
            sample = step(sample)
    return sample


def rewrite(sample: Sample, edits: Iterable[Edit]) -> Sample:
    """Applies edits (start, end, replacement), which do not overlap, and carries the spans along.

    A span that an edit covers and exceeds vanishes; an edit over the edge of a span is left out. If a span would
    come to lie off a word's edge, the sample is returned as it was.
    """
    touched = [(a, b, new) for a, b, new in sorted(edits) if not _cuts(sample.spans, a, b)]
    if not touched:
        return sample
    out: list[str] = []
    at = 0
    for a, b, new in touched:
        out += [sample.text[at:a], new]
        at = b
    text = "".join(out) + sample.text[at:]
    ends = [b for _, b, _ in touched]
    shifts = [0, *accumulate(len(new) - (b - a) for a, b, new in touched)]

    def moved(edge: int) -> int:
        return edge + shifts[bisect_right(ends, edge)]

    gone = [(a, b) for a, b, _ in touched]
    spans = tuple(
        (moved(start), moved(end), label)
        for start, end, label in sample.spans
        if not any(a <= start and end <= b and (a, b) != (start, end) for a, b in gone)
    )
    whole = all(at_edges(text, start, end) for start, end, _ in spans)
    return Sample(text, spans) if whole else sample


def _cuts(spans: Sequence[Span], a: int, b: int) -> bool:
    """Whether the edit reaches over one edge of a span, neither inside it nor around it."""
    return any(a < e and s < b and not (s <= a and b <= e) and not (a <= s and e <= b) for s, e, _ in spans)


# --- spelling ----------------------------------------------------------------------------------------------


def digits(sample: Sample, random: Random) -> Sample:
    """The whole article in one script of digits: ASCII, Persian, or now and then Arabic-Indic."""
    (script,) = random.choices(("ascii", "persian", "arabic"), weights=(10, 10, 2))
    table = {ord(d): new for old in _DIGITS.values() for d, new in zip(old, _DIGITS[script], strict=True)}
    return Sample(sample.text.translate(table), sample.spans)


def arabic_letters(sample: Sample) -> Sample:
    """ی and ک as newspapers of the 2000s have them: ي, ك."""
    return Sample(sample.text.translate(_ARABIC), sample.spans)


def half_spaces(sample: Sample, random: Random) -> Sample:
    """ZWNJ lost, become a space, either at random, or written where a space stood before a suffix."""
    way = random.choice(("lost", "space", "mixed", "kept"))
    if way == "kept":
        return rewrite(sample, [(m.start(), m.end(), "\u200c") for m in _SUFFIX_SPACE.finditer(sample.text)])
    places = [i for i, c in enumerate(sample.text) if c == "\u200c"]
    choices = {"lost": ("",), "space": (" ",), "mixed": ("", " ", "\u200c")}[way]
    return rewrite(sample, [(i, i + 1, random.choice(choices)) for i in places])


def separators(sample: Sample, random: Random) -> Sample:
    """Decimal points and thousands separators of amounts and percentages in one other way."""
    point, comma = random.choice("./٫"), random.choice((",", "٬", ""))
    edits: list[Edit] = []
    for start, end, label in sample.spans:
        if label in ("MONEY", "PERCENT"):
            surface = sample.text[start:end]
            edits += [(start + m.start(), start + m.end(), point) for m in _DECIMAL.finditer(surface)]
            edits += [(start + m.start(), start + m.end(), comma) for m in _THOUSANDS.finditer(surface)]
    return rewrite(sample, edits)


def percent_signs(sample: Sample, random: Random) -> Sample:
    """`12 درصد`, `12%`, `12٪`, `٪12`: percentages in figures in one other way; `درصدی` stays."""
    form = random.choice(("{} درصد", "{}%", "{}٪", "٪{}", "%{}"))
    edits: list[Edit] = []
    for start, end, label in sample.spans:
        match = _PERCENT.fullmatch(sample.text[start:end]) if label == "PERCENT" else None
        if match:
            number = match["number"] or match["after"]
            if " " not in number or form[0] == "{":
                edits.append((start, end, form.format(number)))
    return rewrite(sample, edits)


def slips(sample: Sample, random: Random, rate: float) -> Sample:
    """Slips of the key in a share ``rate`` of the words of four letters and more: a letter lost, doubled,
    changed for its neighbour on the keyboard, or two letters changed over."""
    edits: list[Edit] = []
    for match in _WORD.finditer(sample.text):
        if random.random() >= rate:
            continue
        i = random.randrange(match.start() + 1, match.end() - 1)
        letter, after = sample.text[i], sample.text[i + 1]
        neighbour = random.choice(_NEIGHBOURS.get(letter, letter))
        edits.append(
            random.choice(
                [(i, i + 1, ""), (i, i + 1, letter * 2), (i, i + 1, neighbour), (i, i + 2, after + letter)]
            )
        )
    return rewrite(sample, edits)


def glue(sample: Sample, random: Random, rate: float) -> Sample:
    """A share ``rate`` of punctuation marks without the space after them."""
    text = sample.text
    edits = [
        (m.start(), m.end(), "")
        for m in _GAP.finditer(text)
        # `1403. 12` must not become a decimal.
        if random.random() < rate
        and not (text[m.end()].isdigit() and text[m.start() - 2 : m.start() - 1].isdigit())
    ]
    return rewrite(sample, edits)


# --- content -----------------------------------------------------------------------------------------------


def drop_headline(sample: Sample) -> Sample:
    """The article without its first line, where more lines follow."""
    match = _HEADLINE.match(sample.text)
    return rewrite(sample, [(0, match.end(), "")]) if match else sample


def swap(sample: Sample, random: Random, bank: Bank, rate: float) -> Sample:
    """A share ``rate`` of the article's surfaces, each changed throughout for another of its shape."""
    chosen: dict[tuple[tuple[str, ...], str], str | None] = {}
    edits: list[Edit] = []
    for start, end, label in sample.spans:
        surface = sample.text[start:end]
        kind = shape(label, surface)
        name = (kind, key(surface))
        if name not in chosen:
            others = bank.get(kind, ())
            chosen[name] = random.choice(others) if others and random.random() < rate else None
        new = chosen[name]
        if new is not None:
            edits.append((start, end, new))
    return rewrite(sample, edits)


def renumber(sample: Sample, random: Random) -> Sample:
    """Other figures of the same length in amounts, percentages and ranks, the same for the same throughout."""
    chosen: dict[str, str] = {}
    edits: list[Edit] = []
    for start, end, label in sample.spans:
        if label not in ("MONEY", "PERCENT", "RANK"):
            continue
        for match in _DIGIT_RUN.finditer(sample.text, start, end):
            run = match.group()
            if run not in chosen:
                zero = _zero(run[0])
                first = chr(zero + random.randrange(1, 10))
                chosen[run] = first + "".join(chr(zero + random.randrange(10)) for _ in run[1:])
            edits.append((match.start(), match.end(), chosen[run]))
    return rewrite(sample, edits)


def shape(label: str, surface: str) -> tuple[str, ...]:
    """Surfaces of one shape may stand for one another in a sentence.

    The joined ی of `دلاری`, the sign against the word of a percentage, and the kind of a rank (`سومین`, `رتبه
    سوم`, `سوم`) decide; goods and countries are all of one shape.
    """
    if label in ("COUNTRY", "PRODUCT"):
        return (label,)
    name = key(surface)
    ending = (
        "sign"
        if name[-1:] == "%" or name[:1] == "%"
        else "ی"
        if name.endswith("ی")
        else "ین"
        if name.endswith("ین")
        else ""
    )
    return (label, ending, str(len(name.split()))) if label == "RANK" else (label, ending)


def surface_bank(samples: Iterable[Sample], goods: Iterable[str] = ()) -> dict[tuple[str, ...], list[str]]:
    """The distinct surfaces of the samples' spans by shape, sorted; ``goods`` are more names of products."""
    found: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for name in goods:
        found[shape("PRODUCT", name)].add(name)
    for sample in samples:
        for start, end, label in sample.spans:
            surface = sample.text[start:end]
            if "\n" not in surface:
                found[shape(label, surface)].add(surface)
    return {kind: sorted(surfaces) for kind, surfaces in sorted(found.items())}


def _zero(digit: str) -> int:
    return ord(digit) - int(digit)
