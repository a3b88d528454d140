"""Models for the tests, made once a session; see tiny_models.py."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tiny_models import TEXTS, write_compact, write_parsbert

sys.path.insert(0, str(Path(__file__).parents[2] / "training"))


@pytest.fixture(scope="session")
def compact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A torch checkpoint with the project's tokenizer."""
    folder = tmp_path_factory.mktemp("compact")
    write_compact(folder)
    return folder


@pytest.fixture(scope="session")
def parsbert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A torch checkpoint laid out as ParsBERT is on the hub."""
    folder = tmp_path_factory.mktemp("parsbert")
    write_parsbert(folder)
    return folder


@pytest.fixture(scope="session")
def exported(compact: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compact checkpoint exported to ONNX in float32."""
    from export import export

    folder = tmp_path_factory.mktemp("exported")
    export(compact, folder, TEXTS, variant="fp32")
    return folder
