"""Writing score rows: JSON lines, CSV, TSV or Parquet, by the file's name; whole files only."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Protocol, TextIO

from csnlp.errors import ConfigError
from csnlp.io.atomic import atomic, partial, target, write_text

COLUMNS = (
    "id",
    "politeness",
    "politeness_score",
    "accuracy",
    "accuracy_score",
    "complaint",
    "complaint_score",
    "complaint_type",
    "satisfaction_score",
    "acts",
    "act_scores",
    "review",
    "total",
    "band",
    "findings",
    "not_applicable",
)
"""The columns of every output, in order: the keys of :meth:`csnlp.types.Score.to_dict`."""

SUFFIXES = (".jsonl", ".jsonl.gz", ".csv", ".csv.gz", ".tsv", ".tsv.gz", ".parquet")


class Writer(Protocol):
    """Takes score rows one by one."""

    def write(self, row: Mapping[str, Any]) -> None:
        """Add one row, as :meth:`csnlp.types.Score.to_dict` gives it."""


@contextmanager
def open_writer(
    path: str | Path, *, metadata: Mapping[str, str] | None = None, probabilities: bool = False
) -> Iterator[Writer]:
    """A writer of score rows to ``path``, in the format of its suffix (one of :data:`SUFFIXES`).

    The file appears, in place of an older one, when the block ends without an error. ``metadata`` says where the
    scores come from; it goes into ``<path>.meta.json``, and into the file itself where the format has a place for
    it. ``probabilities``: whether rows have every class probability. Raises :class:`ConfigError` for other suffixes.
    """
    path = Path(path)
    metadata = dict(metadata or {})
    make = _maker(path)
    with atomic(path) as temporary, make(temporary, metadata, probabilities) as writer:
        yield writer
    write_text(metadata_path(path), json.dumps(metadata, ensure_ascii=False, indent=1) + "\n")


def check_output(path: str | Path, inputs: Iterable[str | Path] = ()) -> None:
    """Raise :class:`ConfigError` now if scores could not be written to ``path`` in the end.

    ``inputs`` are the files that the run reads: neither the output nor what stands beside it may be one of them.
    """
    path = Path(path)
    _maker(path)
    if path.is_dir():
        raise ConfigError(f"{path} is a folder; name a file")
    for folder in {target(path).parent, path.parent}:  # what belongs to a link stands beside it
        check_folder(folder)
    if parts_path(path).is_symlink():
        raise ConfigError(f"{parts_path(path)}, where the parts of this run go, is a link; remove it")
    beside = {place(path): "the bad rows go" for place in (errors_path, failed_path)}
    beside[metadata_path(path)] = "the metadata goes"
    beside |= {partial(written): "a file is made" for written in (path, *beside)}
    for given in filter(os.path.exists, inputs):
        if path.exists() and path.samefile(given):
            raise ConfigError(f"{path} is the input itself; name another output")
        for written, what in beside.items():
            if written.exists() and written.samefile(given):
                raise ConfigError(f"{written}, where {what}, is an input of this run; name another output")


def check_folder(folder: Path) -> None:
    """Raise :class:`ConfigError` if no file can be made in ``folder``."""
    if not folder.is_dir():
        raise ConfigError(f"{folder}: there is no such folder; make it first")
    try:
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        problem = f"no file can be made in this folder ({error.strerror})"
        raise ConfigError(f"{folder}: {problem}; name an output elsewhere") from None


def errors_path(output: str | Path) -> Path:
    """Where the bad rows of a run stand."""
    return Path(f"{output}.errors.jsonl")


def failed_path(output: str | Path) -> Path:
    """Where the bad rows of a run that scored nothing stand while ``output`` and its bad rows are of an earlier one."""
    return Path(f"{output}.failed.errors.jsonl")


def parts_path(output: str | Path) -> Path:
    """The folder of what is done of a run that is not finished."""
    return Path(f"{output}.parts")


def metadata_path(path: str | Path) -> Path:
    """Where the metadata of the output ``path`` stands."""
    return Path(f"{path}.meta.json")


def json_line(row: Mapping[str, Any]) -> str:
    """``row`` as one line of JSON, Chinese as it is."""
    return json.dumps(row, ensure_ascii=False, separators=(", ", ": ")) + "\n"


class JsonlWriter:
    """Rows as JSON lines into a text stream."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, row: Mapping[str, Any]) -> None:
        """See :class:`Writer`."""
        self._stream.write(json_line(row))


class CsvWriter:
    """Rows as a table for spreadsheets: lists joined with ``|``, objects as JSON, null as an empty cell."""

    def __init__(self, stream: TextIO, delimiter: str, probabilities: bool) -> None:
        self._names = (*COLUMNS, "probabilities") if probabilities else COLUMNS
        # csv quotes what is part of its own line end: so a lone "\r" is quoted too, which readers take for a line end.
        self._csv = csv.writer(_UnixLines(stream), delimiter=delimiter, lineterminator="\r\n")
        self._csv.writerow(self._names)

    def write(self, row: Mapping[str, Any]) -> None:
        """See :class:`Writer`."""
        self._csv.writerow([_cell(row[name]) for name in self._names])


class _UnixLines:
    """Takes whole lines that end in CR LF, and writes them with LF alone."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, line: str) -> int:
        return self._stream.write(line.removesuffix("\r\n") + "\n")


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
        value = "|".join(value)
    if isinstance(value, (list, dict)):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(_FORMULA) and not _NUMBER.fullmatch(value):
        return "'" + value
    return value


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""A spreadsheet runs a cell that begins so, and ids come from outside. Excel knows the wide forms too."""

_NUMBER = re.compile(r"[+-][0-9]+(?:\.[0-9]+)?")
"""Begins so, but is nothing to run."""


_Make = Callable[[Path, Mapping[str, str], bool], AbstractContextManager[Writer]]


@contextmanager
def _jsonl(path: Path, metadata: Mapping[str, str], probabilities: bool) -> Iterator[Writer]:
    with create_text(path) as stream:
        yield JsonlWriter(stream)


def _table(delimiter: str) -> _Make:
    @contextmanager
    def make(path: Path, metadata: Mapping[str, str], probabilities: bool) -> Iterator[Writer]:
        # With a byte order mark: without it Excel takes the file for the local 8-bit encoding.
        with create_text(path, "utf-8-sig") as stream:
            yield CsvWriter(stream, delimiter, probabilities)

    return make


def _parquet(path: Path, metadata: Mapping[str, str], probabilities: bool) -> AbstractContextManager[Writer]:
    from csnlp.io.parquet_writer import open_parquet

    return open_parquet(path, metadata, probabilities)


_MAKERS: dict[str, _Make] = {".jsonl": _jsonl, ".csv": _table(","), ".tsv": _table("\t"), ".parquet": _parquet}


def _maker(path: Path) -> _Make:
    name = path.name.lower()
    suffix = next((suffix for suffix in SUFFIXES if name.endswith(suffix)), None)
    if suffix is None:
        raise ConfigError(
            f"{path}: scores are written to a file named {', '.join(f'*{suffix}' for suffix in SUFFIXES)}"
        )
    return _MAKERS[suffix.removesuffix(".gz")]


@contextmanager
def create_text(path: Path, encoding: str = "utf-8") -> Iterator[TextIO]:
    """A new file of text, compressed when the name ends in .gz (or .gz.partial, see :func:`csnlp.io.atomic.atomic`)."""
    with open(path, "wb") as raw:
        if path.name.lower().removesuffix(".partial").endswith(".gz"):
            # No name and no time inside: the same rows give the same bytes.
            packed = gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0)
            with packed, io.TextIOWrapper(packed, encoding=encoding, newline="") as stream:
                yield stream
        else:
            with io.TextIOWrapper(raw, encoding=encoding, newline="") as stream:
                yield stream
