"""Keys met before, in bounded memory: what tells that an id is read twice."""

from __future__ import annotations

from array import array
from hashlib import blake2b

#: Keys that are remembered; those that come later are compared with them and not remembered themselves.
LIMIT = 10_000_000
_SMALLEST = 1 << 12


class SeenKeys:
    """A set of 64-bit digests by open addressing: 12 to 25 bytes a key, and no more than ``limit`` keys.

    Two keys of ten million share a digest with a probability of three in a million.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self._table = array("Q", bytes(8 * _SMALLEST))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, key: str) -> bool:
        """Remembers the key; True where it was there before."""
        digest = int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
        digest = digest or 1  # 0 marks a free place
        place = self._place(digest)
        if self._table[place]:
            return True
        if self._count < self.limit:
            self._table[place] = digest
            self._count += 1
            if 3 * self._count > 2 * len(self._table):
                self._grow()
        return False

    def _place(self, digest: int) -> int:
        table, last = self._table, len(self._table) - 1
        place = digest & last
        while table[place] not in (0, digest):
            place = (place + 1) & last
        return place

    def _grow(self) -> None:
        old = self._table
        self._table = array("Q", bytes(16 * len(old)))
        for digest in old:
            if digest:
                self._table[self._place(digest)] = digest
