from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tejarat.io.seen import SeenKeys


@given(st.lists(st.text(max_size=3)))
def test_it_is_a_set(keys: list[str]) -> None:
    seen, plain = SeenKeys(), set[str]()
    for key in keys:
        assert seen.add(key) == (key in plain)
        plain.add(key)
    assert len(seen) == len(plain)


def test_it_grows() -> None:
    seen = SeenKeys()
    assert not any(seen.add(str(n)) for n in range(20_000))
    assert all(seen.add(str(n)) for n in range(20_000))


def test_it_stops_growing() -> None:
    seen = SeenKeys(limit=10)
    assert not any(seen.add(str(n)) for n in range(20))
    assert [seen.add(str(n)) for n in range(20)] == [True] * 10 + [False] * 10
    assert len(seen) == 10
