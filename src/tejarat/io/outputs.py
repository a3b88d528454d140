"""The forms of output that a job writes in parts: rendered near the model, written, and joined to one file.

Rendering is apart from writing so that the processes that compute facts also make the rows, and what they send
is ready to be written. Every file is the same, byte for byte, for the same facts.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, cast

from tejarat.io import comtrade
from tejarat.io.writers import ROWS, parquet_schema
from tejarat.schema import ArticleFacts

if TYPE_CHECKING:
    import pyarrow as pa

FormName = Literal["jsonl", "parquet", "comtrade"]
Rows = Sequence[Any]
#: The endings that tell how a file is packed.
PACKED = {".gz": "gz", ".zst": "zst"}


@dataclass(frozen=True, slots=True)
class Form:
    """What is written of an article (``name``), in which kind of file (``suffix``)."""

    name: FormName
    suffix: str
    with_text: bool = True

    @classmethod
    def of(cls, name: FormName, file: str, *, with_text: bool = True) -> Form:
        """The form for a file of this name; what its ending does not tell is as usual for the form."""
        packed = next((end for end in PACKED if file.endswith(end)), "")
        if name == "parquet" or (name == "comtrade" and file.endswith(".parquet")):
            return cls(name, ".parquet", with_text)
        return cls(name, (".csv" if name == "comtrade" else ".jsonl") + packed, with_text)

    @property
    def is_parquet(self) -> bool:
        return self.suffix == ".parquet"

    @property
    def head(self) -> bytes:
        """What a file of lines begins with."""
        return _line(list(comtrade.COLUMNS)) if self.name == "comtrade" and not self.is_parquet else b""

    def render(self, facts: ArticleFacts) -> Rows:
        """The rows of one article: dicts for Parquet, lines for all else."""
        if self.name == "comtrade":
            found = list(comtrade.rows(facts))
            return found if self.is_parquet else [_line([row[c] for c in comtrade.COLUMNS]) for row in found]
        data = facts.to_dict(with_text=self.with_text)
        if self.is_parquet:
            return [data]
        return [(json.dumps(data, ensure_ascii=False, allow_nan=False) + "\n").encode()]

    @contextmanager
    def writer(self, path: Path) -> Iterator[Callable[[Rows], None]]:
        """A function that writes rows to a new file; the file is whole when the block ends."""
        if self.is_parquet:
            with _parquet_writer(path, self._schema()) as write:
                yield write
        else:
            with packing(path) as stream:
                stream.write(self.head)
                yield lambda rows: stream.writelines(rows)

    def join(self, parts: Sequence[Path], path: Path) -> None:
        """Writes one file that holds what the parts hold, in their order."""
        if self.is_parquet:
            _join_parquet(parts, path, self._schema())
        elif self.head:
            with packing(path) as out:
                out.write(self.head)
                for part in parts:
                    with unpacking(part) as lines:
                        lines.read(len(self.head))
                        shutil.copyfileobj(lines, out)
        else:  # Packed files may be put one behind another too.
            with path.open("wb") as out:
                for part in parts:
                    with part.open("rb") as stream:
                        shutil.copyfileobj(stream, out, 1 << 20)

    def _schema(self) -> pa.Schema:
        return comtrade.schema() if self.name == "comtrade" else parquet_schema(with_text=self.with_text)


def _line(fields: Sequence[object]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(fields)
    return out.getvalue().encode()


@contextmanager
def packing(path: Path) -> Iterator[BinaryIO]:
    """A new file to write bytes to, packed as the last ending of its name says (``.tmp`` aside)."""
    with ExitStack() as stack:
        raw = stack.enter_context(path.open("wb"))
        packed = _packed(path)
        if packed == "gz":  # No name and no time: the same bytes for the same facts.
            gz = gzip.GzipFile("", "wb", 6, raw, mtime=0)
            yield cast(BinaryIO, stack.enter_context(gz))
        elif packed == "zst":
            import pyarrow as pa

            yield cast(BinaryIO, stack.enter_context(_Lines(pa.CompressedOutputStream(raw, "zstd"))))
        else:
            yield raw


@contextmanager
def unpacking(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a file that :func:`packing` wrote."""
    packed = _packed(path)
    if packed == "gz":
        with gzip.open(path, "rb") as gz:
            yield cast(BinaryIO, gz)
    elif packed == "zst":
        import pyarrow as pa

        with pa.CompressedInputStream(pa.OSFile(str(path)), "zstd") as zst:
            yield cast(BinaryIO, zst)
    else:
        with path.open("rb") as raw:
            yield raw


def _packed(path: Path) -> str:
    return PACKED.get(Path(path.name.removesuffix(".tmp")).suffix, "")


class _Lines:
    """Arrow's output stream, which has no ``writelines``."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.write = stream.write

    def writelines(self, lines: Sequence[bytes]) -> None:
        self.write(b"".join(lines))

    def __enter__(self) -> _Lines:
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()


@contextmanager
def _parquet_writer(path: Path, schema: pa.Schema) -> Iterator[Callable[[Rows], None]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    waiting: list[Any] = []
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:

        def write(rows: Rows) -> None:
            waiting.extend(rows)
            if len(waiting) >= ROWS:
                flush()

        def flush() -> None:
            writer.write_table(pa.Table.from_pylist(waiting, schema=schema))
            waiting.clear()

        yield write
        if waiting:
            flush()


def _join_parquet(parts: Sequence[Path], path: Path, schema: pa.Schema) -> None:
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for part in parts:
            with pq.ParquetFile(part) as file:
                for group in range(file.num_row_groups):
                    writer.write_table(file.read_row_group(group, use_threads=False))
