"""A model for the tests of whole pipelines: right in form, random in content (see tagger/tiny_models.py)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ROOT = TESTS.parent
sys.path[:0] = [str(TESTS / "tagger"), str(ROOT / "training")]


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tagger's folder in ONNX."""
    from export import export
    from tiny_models import TEXTS, write_compact

    checkpoint, folder = tmp_path_factory.mktemp("checkpoint"), tmp_path_factory.mktemp("onnx")
    write_compact(checkpoint)
    export(checkpoint, folder, TEXTS, variant="fp32")
    return folder
