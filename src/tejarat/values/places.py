"""Countries, Iranian provinces and cities, blocs and regions: names in the text to codes.

Countries are named as CLDR names them in Persian and as ``data/countries.tsv`` adds; provinces, blocs and
regions stand in ``data/areas.tsv``, cities (to the code of their province) in ``data/cities.tsv``. Names that
are also another word carry conditions on the words around them in ``data/guards.tsv``. `خراسان` alone, the
province that was divided in 2004, is read as IR-09, the part that kept most of it and its centre.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from typing import Literal, NamedTuple

from tejarat.schema import Country
from tejarat.values.plain import Plain, plain
from tejarat.values.tables import rows

Kind = Literal["country", "province", "city", "region"]

#: Territory codes of CLDR that ISO 3166-1 does not assign.
_NOT_ISO = frozenset(("AC", "CP", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"))
_STATE_WORDS = re.compile(
    r"^(?:(?:کشور|دولت|سلطنت|امیرنشین|پادشاهی|کنفدراسیون|فدراسیون|جمهوری(?:\s+(?:اسلامی|فدرال|عربی|خلق|سوسیالیستی))*)\s+)+"
)
_ADJECTIVE_ENDINGS = (
    ("ایی", "ا"),
    ("یی", ""),
    ("ه ای", "ه"),
    ("های", "ه"),
    ("ی", ""),
    ("ی", "یه"),
    ("ی", "ه"),
)
_WORD = re.compile(r"[^\W_]+")
#: What is written onto a name: `آمریکاست`, `عراقش`.
_CLITICS = ("ست", "است", "ش", "شان", "مان", "م", "اند", "یم")
_BRACKETS = re.compile(r"\s*\(.*?\)|،.*")
_STREETS = frozenset(("خیابان", "میدان", "بلوار", "کوچه", "محله"))
#: What makes a word before an ambiguous city name the name of a place.
_PLACE_WORDS = frozenset(
    (
        "شهر", "شهرستان", "شهرستانهای", "شهرهای", "گمرک", "گمرکات", "مرز", "مرزی", "پایانه",
        "بندر", "بنادر", "جزیره", "منطقه", "بخش", "فرماندار", "فرمانداری", "شهردار", "بازارچه",
        "اهالی", "کشاورزان", "باغداران", "آزاد",
    )
)  # fmt: skip
#: Provinces whose second word tells them apart, for lists such as `خراسان رضوی، شمالی و جنوبی`.
_FAMILIES = {"خراسان": {"رضوی": "IR-09", "شمالی": "IR-28", "جنوبی": "IR-29"},
             "آذربایجان": {"شرقی": "IR-03", "غربی": "IR-04"}}  # fmt: skip
_NEXT_OF_FAMILY = re.compile(r"\s*(?:،|و)\s*(رضوی|شمالی|جنوبی|شرقی|غربی)(?!\w)")


@dataclass(frozen=True, slots=True)
class FoundArea:
    """An area's name at ``[start, end)``. A city's ``code`` is its province's."""

    start: int
    end: int
    code: str
    kind: Kind


class _Name(NamedTuple):
    code: str
    kind: Kind
    ambiguous: bool
    name: str


def read_country(text: str) -> Country | None:
    """The country or territory whose name the whole text is, or None. One slip of the pen is forgiven."""
    name = _tokens(plain(text).text)
    names = _country_names()
    for form in (name, _STATE_WORDS.sub("", name), _tokens(_BRACKETS.sub("", plain(text).text))):
        code = names.get(form) or names.get(form.replace(" ", "")) or names.get(form.replace("ئ", "ی"))
        if code:
            return Country(code, area_name(code))
    bare = (name.removesuffix(clitic) for clitic in _CLITICS)
    code = next((names[form] for form in bare if form in names), None) or _nearest(name)
    return Country(code, area_name(code)) if code else None


def read_adjective(text: str) -> Country | None:
    """The country of an adjective such as `کانادایی`, `سعودی` or `هنگ‌کنگی`, or None."""
    name = _tokens(plain(text).text)
    for ending, instead in _ADJECTIVE_ENDINGS:
        stem = name.removesuffix(ending) + instead if name.endswith(ending) else ""
        code = _country_names().get(stem) or _country_names().get(stem.replace(" ", ""))
        if code:
            return Country(code, area_name(code))
    return None


def country_codes() -> frozenset[str]:
    """The ISO 3166-1 alpha-2 codes."""
    return frozenset(c for c in _territories("fa") if len(c) == 2 and c.isalpha() and c not in _NOT_ISO)


@cache
def area_name(code: str, language: str = "fa") -> str:
    """The name of a country, province or region code in Persian (`fa`) or English (`en`); the code if unknown."""
    for row in rows("areas"):
        if row["code"] == code:
            return row["name"] if language == "fa" else row["english"]
    if language == "fa":
        for row in rows("countries"):
            if row["code"] == code:
                return row["name"]
    return _BRACKETS.sub("", _territories(language).get(code, code))


def find_areas(text: str) -> list[FoundArea]:
    """Every name of an area in the text, in order; the longest name wins, and names never overlap."""
    return list(_find(text))


@lru_cache(maxsize=16)
def _find(text: str) -> tuple[FoundArea, ...]:
    view = plain(text)
    words = [(m.start(), m.end(), m.group().lower()) for m in _WORD.finditer(view.text)]
    longest, names = _lexicon()
    out: list[FoundArea] = []
    i = 0
    while i < len(words):
        size = longest.get(words[i][2], 0)
        step = 1
        for length in range(min(size, len(words) - i), 0, -1):
            found = names.get(" ".join(w[2] for w in words[i : i + length]))
            if found is None or not _unbroken(view.text, words, i, length):
                continue
            if _allowed(found, view.text, words, i, length):
                start, end = words[i][0], words[i + length - 1][1]
                kind: Kind = found.kind
                if kind == "province" and i and words[i - 1][2] in ("شهر", "شهرستان"):
                    kind = "city"
                out.append(FoundArea(view.start(start), view.end(end), found.code, kind))
                out += _family(view, words[i][2], end, found.code)
                step = length
                break
        i += step
    return tuple(out)


def _family(view: Plain, head: str, end: int, code: str) -> Iterator[FoundArea]:
    """`شمالی و جنوبی` after `خراسان رضوی`."""
    family = _FAMILIES.get(head)
    if family is None or code not in family.values():
        return
    while match := _NEXT_OF_FAMILY.match(view.text, end):
        if match[1] not in family:
            return
        yield FoundArea(view.start(match.start(1)), view.end(match.end(1)), family[match[1]], "province")
        end = match.end()


def _unbroken(text: str, words: list[tuple[int, int, str]], i: int, length: int) -> bool:
    """Whether nothing but white space (and the brackets of a name) stands between the words."""
    return all(text[words[k][1] : words[k + 1][0]].isspace() for k in range(i, i + length - 1))


def _allowed(found: _Name, text: str, words: list[tuple[int, int, str]], i: int, length: int) -> bool:
    """Whether the words around a name, with nothing but white space between, let it be the area's."""
    last = i + length
    before = words[i - 1][2] if i and text[words[i - 1][1] : words[i][0]].isspace() else ""
    after = (
        words[last][2] if last < len(words) and text[words[last - 1][1] : words[last][0]].isspace() else ""
    )
    if found.kind == "country" and (before in _STREETS or before in _currency_words()):
        return False
    only = not_only = False
    for rule, listed in _guards().get(found.name, ()):
        word = before if rule.endswith("after") else after
        if rule.startswith("not"):
            if word in listed:
                return False
        else:
            only, not_only = True, not_only or word in listed
    if only and not not_only and not (found.kind == "country" and _beside_country(words, i, length)):
        return False
    if found.ambiguous:
        earlier = words[i - 2][2] if i > 1 else ""
        return before in _PLACE_WORDS or (before == "و" and earlier in _PLACE_WORDS)
    return True


def _beside_country(words: list[tuple[int, int, str]], i: int, length: int) -> bool:
    """Whether the words before or after, past `و`, name a country too: `نیجریه و مالی`."""
    left = [w[2] for w in words[max(0, i - 3) : i]]
    right = [w[2] for w in words[i + length : i + length + 3]]
    left = left[:-1] if left[-1:] == ["و"] else left
    right = right[1:] if right[:1] == ["و"] else right
    names = (" ".join(left[-1:]), " ".join(left[-2:]), " ".join(right[:1]), " ".join(right[:2]))
    return any(name in _country_names() and name not in _guards() for name in names)


def _tokens(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))


@cache
def _territories(language: str) -> dict[str, str]:
    from babel import Locale

    return dict(Locale(language).territories)


@cache
def _country_names() -> dict[str, str]:
    out: dict[str, str] = {}
    for row in rows("countries"):
        for form in _forms(row["name"]):
            out.setdefault(form, row["code"])
    for code, name in _territories("fa").items():
        if code in country_codes():
            for form in _forms(_BRACKETS.sub("", name)):
                out.setdefault(form, code)
    return out


@cache
def _lexicon() -> tuple[dict[str, int], dict[str, _Name]]:
    """By first word the most words of any name, and the names by their words."""
    names: dict[str, _Name] = {}
    tables: tuple[tuple[str, Iterable[tuple[str, str, Kind, bool]]], ...] = (
        ("areas", ((r["name"], r["code"], r["kind"], False) for r in rows("areas"))),  # type: ignore[misc]
        ("countries", ((n, c, "country", False) for n, c in _country_names().items())),
        ("cities", ((r["name"], r["code"], "city", r["ambiguous"] == "yes") for r in rows("cities"))),
    )
    for _, entries in tables:
        for name, code, kind, ambiguous in entries:
            head = _tokens(plain(name).text)
            for form in _forms(name):
                names.setdefault(form, _Name(code, kind, ambiguous, head))
    longest: dict[str, int] = defaultdict(int)
    for form in names:
        words = form.split(" ")
        longest[words[0]] = max(longest[words[0]], len(words))
    return dict(longest), names


@cache
def _currency_words() -> frozenset[str]:
    """Currencies that take a country's name, as in `دلار کانادا`; `سوم` is also the third."""
    named = (r["name"] for r in rows("currencies") if r["generic"] and r["code"] not in ("KGS", "UZS"))
    return frozenset(plain(name).text for name in named)


@cache
def _guards() -> dict[str, tuple[tuple[str, frozenset[str]], ...]]:
    out: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
    for row in rows("guards"):
        words = frozenset(plain(w).text for w in row["words"].split())
        for form in _forms(row["name"]):
            out[form].append((row["rule"], words))
    return {name: tuple(rules) for name, rules in out.items()}


@cache
def _forms(name: str) -> frozenset[str]:
    """The ways of writing a name: words apart or joined, آ and ئ with and without their sign."""
    from_zwnj = _tokens(plain(re.sub("[\u200c-]", " ", name)).text)
    words = from_zwnj.split(" ")
    joined: set[str] = set()
    for gaps in product((" ", ""), repeat=min(len(words) - 1, 4)):
        rest = words[len(gaps) + 1 :]
        form = words[0] + "".join(g + w for g, w in zip(gaps, words[1:], strict=False))
        joined.add(" ".join((form, *rest)))
    out: set[str] = set()
    for form in joined:
        for bare in (form, form.replace("آ", "ا")):
            out |= {bare, bare.replace("ئ", "ی")}
    return frozenset(f for f in out if f)


def _nearest(name: str) -> str | None:
    """The one country whose name is one slip away: a letter more, less, other, or two swapped."""
    if len(name) < 5:
        return None
    codes = {
        code
        for other, code in _country_names().items()
        if len(other) >= 5 and name not in (other + "ی", other + "ه", other + "ها") and _one_slip(name, other)
    }
    return codes.pop() if len(codes) == 1 else None


def _one_slip(a: str, b: str) -> bool:
    if abs(len(a) - len(b)) > 1:
        return False
    if len(a) > len(b):
        a, b = b, a
    i = 0
    while i < len(a) and a[i] == b[i]:
        i += 1
    if len(a) < len(b):
        return a[i:] == b[i + 1 :]
    return a[i + 1 :] == b[i + 1 :] or (a[i : i + 2] == b[i : i + 2][::-1] and a[i + 2 :] == b[i + 2 :])
