"""Every message that a user can see, in one place: what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class TejaratError(Exception):
    """Base of every error that is shown to a user as one line."""

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors travel between processes; unpickled by way of __init__ they would have to tell their line as its
        # arguments.
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[TejaratError], args: tuple[Any, ...], state: dict[str, Any]) -> TejaratError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class CorpusError(TejaratError):
    """A fault in a corpus article."""

    def __init__(self, path: str, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}")
        self.path, self.line, self.reason = path, line, reason


class InputError(TejaratError):
    """A record that cannot be read or worked on.

    ``line`` (of a table the row) is None where the whole file is at fault, ``article`` where no id is known.
    """

    def __init__(self, path: str, line: int | None, reason: str, article: str | None = None) -> None:
        super().__init__(f"{path}: {reason}" if line is None else f"{path}:{line}: {reason}")
        self.path, self.line, self.reason, self.article = path, line, reason, article


class NothingToReadError(InputError):
    """A folder, pattern or standard input that holds no record at all."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, None, reason)


class OutputError(TejaratError):
    """A file that cannot be written."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"cannot write {path}: {reason}")


class JobError(TejaratError):
    """A job that stops before its end; what is done is kept."""


class JobChangedError(JobError):
    """A job that was begun under other terms: another model, setting, version or input."""

    def __init__(self, place: str, changed: Sequence[str]) -> None:
        super().__init__(
            f"{place}: this job was begun with another {' and another '.join(changed)}; "
            "take the same again, or start anew with --restart"
        )


class JobStoppedError(JobError):
    """A fault in the middle of a job."""

    def __init__(self, reason: str, articles: int, place: str) -> None:
        kept = f"{articles} articles are kept in {place}, and the same command goes on from there"
        super().__init__(f"stopped: {reason}" + (f"; {kept}" if articles else ""))


class JobPlaceError(JobError):
    """A place where a job cannot work: in use, damaged, or full of something else."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")


class EngineError(TejaratError):
    """A choice that an engine cannot serve."""

    def __init__(self, engine: str, reason: str) -> None:
        super().__init__(f"--engine {engine}: {reason}")


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


class RequestError(TejaratError):
    """A request that the app refuses; ``status`` is that of the HTTP answer."""

    status = 400


class TooLargeError(RequestError):
    """A request beyond the limits that the app was started with."""

    status = 413

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(f"{what} may be {limit:,} at most")


class TooSlowError(RequestError):
    """Articles that take longer than they may."""

    status = 503

    def __init__(self, seconds: float) -> None:
        super().__init__(f"not done within {seconds:g} seconds; send fewer or shorter articles")


class NoFolderError(RequestError):
    """Saving where no folder was given."""

    status = 409

    def __init__(self) -> None:
        super().__init__("nothing can be saved: start with tejarat serve --folder FOLDER")


class UnknownArticleError(RequestError):
    """An article that is not in the folder."""

    status = 404

    def __init__(self, name: str) -> None:
        super().__init__(f"no article {name!r} in the folder")


class CorrectionError(RequestError):
    """A correction that the corpus format cannot hold."""

    status = 422

    def __init__(self, reason: str) -> None:
        super().__init__(f"this cannot be saved: {reason}")


class AddressError(TejaratError):
    """An address that the app cannot listen on."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(f"cannot listen on {host}:{port}: {reason}; choose another with --port")
