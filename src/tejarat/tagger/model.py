"""What the tagger asks of a model, the settings that travel with it, and how one is loaded.

A model is a folder. ``tejarat.json`` holds :class:`ModelSettings`; ``model.onnx`` and ``tokenizer.json`` make it
an ONNX model, ``config.json`` and ``model.safetensors`` a torch one. Nothing is unpickled, no code is fetched.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Literal, Protocol

from tejarat.errors import ModelFilesError, ModelLabelsError, ModelLoadError
from tejarat.tagger.decode import Floats, bio_tags
from tejarat.tagger.pieces import Ints, PieceEncoder
from tejarat.tagger.windows import longest_word
from tejarat.text import normalize

SETTINGS_FILE = "tejarat.json"
ONNX_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
FORMAT = 1

Backend = Literal["auto", "onnx", "torch"]

_HUB_NAME = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?")


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """How a model was made and is to be run; ``labels`` are the tags in the order of its output."""

    format: int = FORMAT
    labels: tuple[str, ...] = tuple(bio_tags())
    window: int = 128
    stride: int = 32
    normalizer: str = normalize.VERSION
    temperature: float = 1.0
    base: str = ""
    max_batch_tokens: int = 1024

    @classmethod
    def from_dict(cls, data: Mapping[str, object], name: str) -> ModelSettings:
        """Reads ``tejarat.json``; warns where the model was made under another normalisation table.

        Raises:
            ModelLoadError: a format that this version does not know, or settings that make no sense.
            ModelLabelsError: labels other than ours.
        """
        if data.get("format") != FORMAT:
            raise ModelLoadError(
                name, f"{SETTINGS_FILE} has format {data.get('format')!r}, known is {FORMAT}"
            )
        known = {f.name for f in fields(cls)}
        values = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k in known}
        settings = cls(**values)  # type: ignore[arg-type]
        check_labels(settings.labels, name)
        room = settings.window - 2
        if room < 1 or not 0 <= 2 * settings.stride <= room or settings.temperature <= 0:
            raise ModelLoadError(name, f"{SETTINGS_FILE} has an impossible window, stride or temperature")
        if settings.normalizer != normalize.VERSION:
            warnings.warn(
                f"the model {name} was trained under normalisation table {settings.normalizer}, this is table "
                f"{normalize.VERSION}: its figures may not hold; train it anew",
                stacklevel=3,
            )
        return settings

    def save(self, folder: Path) -> None:
        """Writes ``tejarat.json`` into the folder."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1)
        (folder / SETTINGS_FILE).write_text(text + "\n", "utf-8")

    def fitted_to(self, positions: int, name: str) -> ModelSettings:
        """The settings with a window that an encoder of so many positions can read; warns if it shrinks."""
        if self.window <= positions:
            return self
        warnings.warn(
            f"the model {name} reads at most {positions} pieces, not {self.window}: windows are cut to that",
            stacklevel=3,
        )
        return replace(self, window=positions, stride=min(self.stride, (positions - 2) // 4))


class TokenClassifier(Protocol):
    """A model: its settings, its tokenizer, and one function."""

    @property
    def settings(self) -> ModelSettings: ...

    @property
    def encoder(self) -> PieceEncoder: ...

    def logits(self, ids: Ints, mask: Ints) -> Floats:
        """Scores of each piece's tags, in the order of :func:`~tejarat.tagger.decode.bio_tags`.

        *Shape:* ids, mask (batch, seq) → (batch, seq, tags), float32.
        """
        ...

    def save(self, folder: Path) -> None:
        """Writes the model's files into an existing folder, from which :func:`load_model` loads it again."""
        ...


def load_model(name: str | Path, backend: Backend = "auto", *, threads: int = 0) -> TokenClassifier:
    """Loads a model from a folder, or with the torch backend from the hub by its name.

    Args:
        backend: ``auto`` takes ONNX Runtime where the folder has ``model.onnx``, and torch otherwise.
        threads: of one run of the model; 0 leaves it to the runtime.

    Raises:
        ModelError: it is not there, lacks a file, or was made for other labels.
        MissingExtraError: the torch backend is asked for and torch or transformers is not installed.
    """
    if backend not in ("auto", "onnx", "torch"):
        raise ModelLoadError(str(name), f"there is no backend {backend!r}; take auto, onnx or torch")
    folder = Path(name)
    if not folder.is_dir() and (isinstance(name, Path) or not _HUB_NAME.fullmatch(name)):
        raise ModelLoadError(str(name), "there is no such folder")
    if backend == "onnx" or (backend == "auto" and (folder / ONNX_FILE).is_file()):
        from tejarat.tagger.onnx import OnnxModel

        return OnnxModel.load(folder, threads=threads)
    from tejarat.tagger.torch import TorchModel

    return TorchModel.load(name, threads=threads)


def read_settings(folder: Path) -> ModelSettings | None:
    """The folder's ``tejarat.json``, or None where it has none.

    Raises:
        ModelError: it is broken or of another format.
    """
    path = folder / SETTINGS_FILE
    if not path.is_file():
        return None
    try:
        data = json.loads(path.read_text("utf-8"))
        return ModelSettings.from_dict(data, str(folder))
    except (ValueError, TypeError, AttributeError) as error:
        raise ModelLoadError(str(folder), f"{SETTINGS_FILE} is broken ({error})") from None


def require_files(folder: Path, *names: str, hint: str = "") -> None:
    """Raises :class:`~tejarat.errors.ModelFilesError` naming the files that the folder lacks."""
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise ModelFilesError(str(folder), missing, hint)


def check_labels(labels: tuple[str, ...] | list[str], name: str) -> None:
    """Raises :class:`~tejarat.errors.ModelLabelsError` unless the labels are ours, in any order."""
    ours = bio_tags()
    unknown = [label for label in labels if label not in ours]
    missing = [tag for tag in ours if tag not in labels]
    if unknown or missing or len(labels) != len(ours):
        raise ModelLabelsError(name, unknown, missing)


def piece_encoder(tokenizer: object, settings: ModelSettings) -> PieceEncoder:
    """The model's tokenizer as the tagger uses it."""
    return PieceEncoder(tokenizer, longest_word(settings.window))  # type: ignore[arg-type]
