"""The backend for any token classifier of transformers: a local folder or a name on the hub."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tejarat.errors import MissingExtraError, ModelFilesError, ModelLoadError
from tejarat.tagger.decode import Floats, bio_tags
from tejarat.tagger.model import (
    TOKENIZER_FILE,
    ModelSettings,
    check_labels,
    piece_encoder,
    read_settings,
)
from tejarat.tagger.pieces import Ints, PieceEncoder

if TYPE_CHECKING:
    from tokenizers import Tokenizer


class TorchModel:
    """A transformers model in evaluation mode; see :class:`~tejarat.tagger.model.TokenClassifier`."""

    def __init__(self, model: Any, encoder: PieceEncoder, settings: ModelSettings, name: str = "") -> None:
        self.model = model
        self.encoder = encoder
        self.settings = settings
        labels = tags_of(model.config.id2label, name or str(settings.base))
        self.columns = [labels.index(tag) for tag in bio_tags()]

    @classmethod
    def load(cls, name: str | Path, *, threads: int = 0) -> TorchModel:
        """Loads safetensors weights and the tokenizer; never a pickle, never code from a repository.

        Raises:
            MissingExtraError: torch or transformers is not installed.
            ModelError: it is not there, has no safetensors weights, or was made for other labels.
        """
        torch, transformers = _libraries()
        settings = read_settings(Path(name)) or ModelSettings(base=str(name))
        if Path(name).is_dir() and not any(Path(name).glob("*.safetensors")):
            raise ModelFilesError(str(name), ["model.safetensors"], "other weight files are not loaded")
        try:
            config = transformers.AutoConfig.from_pretrained(str(name), trust_remote_code=False)
            tags_of(config.id2label, str(name))
            tokenizer = load_tokenizer(name)
            model = transformers.AutoModelForTokenClassification.from_pretrained(
                str(name), config=config, use_safetensors=True, trust_remote_code=False, dtype=torch.float32
            )
        except (OSError, ValueError) as error:
            raise ModelLoadError(str(name), (str(error).strip() or repr(error)).splitlines()[0]) from None
        if threads:
            torch.set_num_threads(threads)
        settings = settings.fitted_to(getattr(config, "max_position_embeddings", settings.window), str(name))
        if torch.cuda.is_available():  # On a CPU bfloat16 is many times slower.
            model = model.to("cuda", dtype=torch.bfloat16)
        return cls(model.eval(), piece_encoder(tokenizer, settings), settings, str(name))

    def logits(self, ids: Ints, mask: Ints) -> Floats:
        """*Shape:* ids, mask (batch, seq) → (batch, seq, tags)."""
        import torch

        device = self.model.device
        with torch.inference_mode():
            out = self.model(
                input_ids=torch.from_numpy(ids).to(device), attention_mask=torch.from_numpy(mask).to(device)
            ).logits
        return np.asarray(out.float().cpu().numpy(), dtype=np.float32)[..., self.columns]

    def save(self, folder: Path) -> None:
        """Writes config, safetensors, tokenizer and settings."""
        self.model.save_pretrained(folder)
        self.encoder.tokenizer.save(str(folder / TOKENIZER_FILE))
        self.settings.save(folder)


def load_tokenizer(name: str | Path) -> Tokenizer:
    """The tokenizer of a folder or hub name, also where it has a ``vocab.txt`` only."""
    from tokenizers import Tokenizer

    path = Path(name) / TOKENIZER_FILE
    if path.is_file():
        return Tokenizer.from_file(str(path))
    _, transformers = _libraries()
    backend: Tokenizer = transformers.AutoTokenizer.from_pretrained(str(name)).backend_tokenizer
    return backend


def tags_of(id2label: Mapping[int, str], name: str) -> list[str]:
    """A config's tags in the order of its output, in our spelling (`b_money` is ``B-MONEY``).

    Raises:
        ModelLabelsError: naming those that are not ours and those that it lacks.
    """
    tags = [str(id2label[i]).upper().replace("_", "-", 1) for i in sorted(id2label)]
    check_labels(tags, name)
    return tags


def _libraries() -> tuple[Any, Any]:
    try:
        import torch
    except ImportError:
        raise MissingExtraError("the torch backend", "train", "torch") from None
    try:
        import transformers
    except ImportError:
        raise MissingExtraError("the torch backend", "train", "transformers") from None
    logging.getLogger("transformers").setLevel(logging.ERROR)
    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    return torch, transformers
