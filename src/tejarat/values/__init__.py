"""What the wording of a span means: :func:`read_value`. Each kind of value has its own module."""

from __future__ import annotations

from tejarat.schema import Label, Value


def read_value(label: Label, text: str) -> Value | None:
    """The value of a span with this label and this text, or None where the words do not tell one."""
    if label == "MONEY":
        from tejarat.values.money import read_money

        return read_money(text)
    if label == "PERCENT":
        from tejarat.values.percent import read_percent

        return read_percent(text)
    if label == "RANK":
        from tejarat.values.rank import read_rank

        return read_rank(text)
    if label == "COUNTRY":
        from tejarat.values.places import read_country

        return read_country(text)
    from tejarat.values.products import read_product

    return read_product(text)
