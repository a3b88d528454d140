"""The spaCy component and the one function behind it."""

from __future__ import annotations

import subprocess
import sys

import spacy
from spacy.tokens import Span

from tejarat.schema import Country, Money, Percent, Product, Rank
from tejarat.values import read_value


def test_entities_get_values() -> None:
    nlp = spacy.blank("fa")
    nlp.add_pipe("trade_values")
    doc = nlp.make_doc("ایران 3 میلیون دلار پسته")
    doc.ents = [Span(doc, 0, 1, "COUNTRY"), Span(doc, 1, 4, "MONEY"), Span(doc, 4, 5, "PRODUCT")]
    doc = nlp.get_pipe("trade_values")(doc)
    assert [e._.value for e in doc.ents] == [Country("IR", "ایران"), Money(3e6, "USD"), Product("پسته", "08")]


def test_every_label_has_a_reader() -> None:
    assert read_value("PERCENT", "نیم درصد") == Percent(0.5)
    assert read_value("RANK", "رتبه چهارم") == Rank(4)
    assert read_value("MONEY", "گران") is None


def test_reading_values_imports_no_heavy_package() -> None:
    code = (
        "import sys; from tejarat.values import read_value; read_value('MONEY', '3 دلار کانادا');"
        "from tejarat.values.periods import find_periods; find_periods('امسال', None);"
        "from tejarat.values.quantity import find_quantities; find_quantities('3 تن');"
        "print([m for m in ('torch', 'transformers', 'spacy', 'onnxruntime', 'pandas') if m in sys.modules])"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "[]"
    )
