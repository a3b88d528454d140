"""Which articles train, tune and test: by article, alike in kind, and fixed once given.

A split is drawn by the hash of the article's id, so it needs no random state and no order. ``corpus/splits.json``
keeps what was drawn: as the corpus grows, old articles stay and the new ones fill the shares up.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, get_args

from tejarat.errors import CorpusError

Split = Literal["train", "dev", "test"]
SPLITS: tuple[Split, ...] = get_args(Split)
SHARES: dict[Split, float] = {"test": 0.1, "dev": 0.1}
SPLITS_FILE = "splits.json"
POOL = 2.5


def assign(
    kinds: Mapping[str, str],
    kept: Mapping[str, Split] | None = None,
    *,
    seed: int = 0,
    novelty: Mapping[str, float] | None = None,
) -> dict[str, Split]:
    """A split for every article: 80 % train, 10 % dev, 10 % test of each kind.

    Args:
        kinds: article id → kind (`trade`, `negative`).
        kept: splits given earlier; they stay, even of articles that are no more.
        seed: another seed draws other articles.
        novelty: of each article, the share of its goods that no other article names (:func:`novelties`). The test
            split then takes the most novel of the first :data:`POOL` times as many as it needs, so that it tells
            how goods never seen in training fare.
    """
    out: dict[str, Split] = dict(kept or {})
    by_kind: dict[str, list[str]] = defaultdict(list)
    for article, kind in kinds.items():
        by_kind[kind].append(article)
    for kind in sorted(by_kind):
        articles = sorted(by_kind[kind], key=lambda a: (draw(a, seed), a))
        have = {split: sum(out.get(a) == split for a in articles) for split in SHARES}
        want = {split: round(share * len(articles)) for split, share in SHARES.items()}
        if novelty is not None:
            room = max(0, want["test"] - have["test"])
            pool = [a for a in articles if a not in out][: round(POOL * room)]
            for article in sorted(pool, key=lambda a: -novelty.get(a, 0.0))[:room]:
                out[article] = "test"
            have["test"] += min(room, len(pool))
        for article in articles:
            if article not in out:
                short = next((s for s in SHARES if have[s] < want[s]), None)
                out[article] = short or "train"
                if short:
                    have[short] += 1
    return out


def novelties(goods: Mapping[str, Iterable[str]]) -> dict[str, float]:
    """Of each article, the share of its mentions of goods whose name stands in no other; names are normalised."""
    names = {article: list(found) for article, found in goods.items()}
    articles = Counter(name for found in names.values() for name in set(found))
    return {a: sum(articles[n] == 1 for n in found) / max(1, len(found)) for a, found in names.items()}


def load_splits_file(path: Path) -> dict[str, Split]:
    """Article id → split, from a file ``{"train": [ids], "dev": [ids], "test": [ids]}``.

    Raises:
        CorpusError: not JSON of this form, or an id in two splits.
    """
    try:
        data = json.loads(path.read_text("utf-8"))
        pairs = [(article, split) for split in SPLITS for article in data[split]]
    except (ValueError, KeyError, TypeError) as error:
        raise CorpusError(str(path), 1, f"no splits file: {error!r}") from None
    out: dict[str, Split] = dict(pairs)
    if len(out) != len(pairs):
        raise CorpusError(str(path), 1, "an id stands in two splits")
    return out


def save_splits_file(path: Path, splits: Mapping[str, Split]) -> None:
    """Writes the file that :func:`load_splits_file` reads, ids sorted, one a line."""
    data = {split: sorted(a for a, s in splits.items() if s == split) for split in SPLITS}
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")


def find_splits_file(folder: Path) -> Path | None:
    """``splits.json`` of a corpus: in the folder named or in the one above it."""
    return next((p for p in (folder / SPLITS_FILE, folder.parent / SPLITS_FILE) if p.is_file()), None)


def select(ids: Iterable[str], splits: Mapping[str, Split], split: Split) -> list[str]:
    """The ids that belong to one split, in their order."""
    return [article for article in ids if splits.get(article) == split]


def draw(article: str, seed: int) -> bytes:
    """The lot of an article: a hash by which articles are put into a random but lasting order."""
    return hashlib.blake2b(f"{seed}:{article}".encode(), digest_size=8).digest()
