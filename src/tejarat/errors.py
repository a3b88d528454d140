"""Every message that a user can see, in one place: what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Sequence


class TejaratError(Exception):
    """Base of every error that is shown to a user as one line."""


class CorpusError(TejaratError):
    """A fault in a corpus article."""

    def __init__(self, path: str, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}")
        self.path, self.line, self.reason = path, line, reason


class InputError(TejaratError):
    """A record that cannot be read. ``line`` is None where the whole file is at fault."""

    def __init__(self, path: str, line: int | None, reason: str) -> None:
        super().__init__(f"{path}: {reason}" if line is None else f"{path}:{line}: {reason}")
        self.path, self.line, self.reason = path, line, reason


class NothingToReadError(InputError):
    """A folder, pattern or standard input that holds no record at all."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, None, reason)


class OutputError(TejaratError):
    """A file that cannot be written."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"cannot write {path}: {reason}")


class ModelError(TejaratError):
    """A model folder that is missing, incomplete or made for something else."""


class ModelFilesError(ModelError):
    """A model folder without some of its files."""

    def __init__(self, folder: str, missing: Sequence[str], hint: str = "") -> None:
        super().__init__(f"the model {folder} lacks {', '.join(missing)}" + (f"; {hint}" if hint else ""))


class ModelLoadError(ModelError):
    """A model that is there, or is said to be on a hub, and cannot be loaded."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"cannot load the model {name}: {reason}")


class ModelLabelsError(ModelError):
    """A token classifier made for another label set."""

    def __init__(self, name: str, unknown: Sequence[str], missing: Sequence[str]) -> None:
        parts = [f"knows {', '.join(unknown)}, which are no tags of ours"] if unknown else []
        parts += [f"lacks {', '.join(missing)}"] if missing else []
        super().__init__(f"the model {name} {' and '.join(parts)}; train it with training/train.py")


class MissingExtraError(TejaratError):
    """A feature whose optional packages are not installed."""

    def __init__(self, feature: str, extra: str, package: str) -> None:
        super().__init__(f"{feature} needs the package {package}: pip install 'tejarat[{extra}]'")


class ConversionError(TejaratError):
    """An article that a format cannot hold."""

    def __init__(self, article: str, form: str, reason: str) -> None:
        super().__init__(f"the article {article!r} cannot be written as {form}: {reason}")
        self.article, self.form, self.reason = article, form, reason
