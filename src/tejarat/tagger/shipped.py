"""Where the model lies that comes with the package."""

from __future__ import annotations

from pathlib import Path

from tejarat.errors import ModelLoadError

SHIPPED = "tejarat-compact"


def shipped_model_path() -> Path:
    """The folder of the model that comes with the package.

    Raises:
        ModelLoadError: this installation has none.
    """
    package = Path(__file__).resolve().parents[1]
    # In the wheel the model lies inside the package, in a clone beside src/.
    for models in (package / "models", package.parents[1] / "models"):
        if (models / SHIPPED).is_dir():
            return models / SHIPPED
    raise ModelLoadError(SHIPPED, "this installation has no model; name one with --model, or train one")
