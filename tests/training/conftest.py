"""The scripts of training/ and the small models of tests/tagger are importable here."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "training"), str(ROOT / "tests" / "tagger")]
