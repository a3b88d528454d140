"""The default backend: a model exported to ONNX, run by ONNX Runtime on the CPU."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tejarat.errors import ModelLoadError
from tejarat.tagger.decode import Floats, bio_tags
from tejarat.tagger.model import (
    ONNX_FILE,
    SETTINGS_FILE,
    TOKENIZER_FILE,
    ModelSettings,
    piece_encoder,
    read_settings,
    require_files,
)
from tejarat.tagger.pieces import Ints, PieceEncoder

if TYPE_CHECKING:
    import onnxruntime

#: Papers that travel with a model where it has them.
PAPERS = ("README.md", "metrics.json", "parity.json")


class OnnxModel:
    """Files of a folder and a session over them; see :class:`~tejarat.tagger.model.TokenClassifier`."""

    def __init__(
        self,
        session: onnxruntime.InferenceSession,
        encoder: PieceEncoder,
        settings: ModelSettings,
        folder: Path,
    ) -> None:
        self.session = session
        self.encoder = encoder
        self.settings = settings
        self.folder = folder
        self._columns = [settings.labels.index(tag) for tag in bio_tags()]

    @classmethod
    def load(cls, folder: Path, *, threads: int = 0) -> OnnxModel:
        """Loads a folder made by ``training/export.py``.

        Raises:
            ModelError: a file is missing or broken.
        """
        require_files(
            folder, ONNX_FILE, TOKENIZER_FILE, SETTINGS_FILE, hint="export it with training/export.py"
        )
        import onnxruntime
        from tokenizers import Tokenizer

        settings = read_settings(folder)
        assert settings is not None
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(
                str(folder / ONNX_FILE), options, providers=["CPUExecutionProvider"]
            )
            tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        except Exception as error:  # Both libraries raise bare or private exception types.
            raise ModelLoadError(str(folder), str(error).splitlines()[0]) from None
        return cls(session, piece_encoder(tokenizer, settings), settings, folder)

    def logits(self, ids: Ints, mask: Ints) -> Floats:
        """*Shape:* ids, mask (batch, seq) → (batch, seq, tags)."""
        feed: dict[str, Any] = {"input_ids": ids, "attention_mask": mask}
        (out,) = self.session.run(None, feed)
        return np.asarray(out, dtype=np.float32)[..., self._columns]

    def save(self, folder: Path) -> None:
        """Copies the model's files, byte for byte."""
        for name in (ONNX_FILE, TOKENIZER_FILE, SETTINGS_FILE, *PAPERS):
            if (self.folder / name).is_file() and folder.resolve() != self.folder.resolve():
                shutil.copyfile(self.folder / name, folder / name)
