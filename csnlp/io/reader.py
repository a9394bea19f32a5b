"""Reading exchanges from a file, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from os import PathLike, fspath
from pathlib import Path

from csnlp.errors import ConfigError, InputError
from csnlp.io.badrow import BadRow, Record
from csnlp.io.columns import Columns
from csnlp.io.jsonl import read_jsonl
from csnlp.io.opening import DAMAGE, STDIN, check_encoding, count_lines, exists, open_text, read_lines
from csnlp.io.tabular import read_table
from csnlp.io.transcript import read_transcript
from csnlp.types import Exchange

SUFFIXES = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".txt": "transcript",
    ".log": "transcript",
}
FORMATS = tuple(dict.fromkeys(SUFFIXES.values()))
_SPREADSHEETS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".et")
_DELIMITERS = {"csv": ",", "tsv": "\t"}


def read_exchanges(
    path: str | PathLike[str],
    *,
    format: str | None = None,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
) -> Iterator[Exchange | BadRow]:
    """Each exchange of the file in order, and a :class:`BadRow` for each row that cannot be scored.

    The file is read as a stream, ``-`` being the standard input. ``format`` is one of :data:`FORMATS`, by default
    told by the suffix (before a ``.gz``). ``columns`` maps a field to the file's own name for it. ``encoding`` is by
    default told by a byte order mark, else UTF-8 or GB18030 by the look of the first megabyte
    (of the standard input: of what its first buffer holds).

    Raises :class:`ConfigError`, at once or at the first item, for options that do not fit the file.
    """
    source = Source.of(path, format=format, columns=columns, encoding=encoding)
    return (record.item for record in source.records())


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read and how to read it; make it with :meth:`of`, which checks what can be checked."""

    path: str
    format: str
    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None

    @classmethod
    def of(
        cls,
        path: str | PathLike[str],
        *,
        format: str | None = None,
        columns: Mapping[str, str] | None = None,
        encoding: str | None = None,
    ) -> Source:
        """A source with its options as for :func:`read_exchanges`; :class:`ConfigError` if they cannot be right."""
        if not isinstance(path, str | PathLike):
            raise ConfigError(f"the file to read is given as {type(path).__name__}; give its name, or - for stdin")
        path = fspath(path)
        if not exists(path):
            raise ConfigError(f"{path}: {_why_not(Path(path))}")
        format = format or _format_of(path)
        if format not in FORMATS:
            raise ConfigError(f"{format!r} is not a format; the formats are {', '.join(FORMATS)}")
        if format == "parquet" and (path == STDIN or path.lower().endswith(".gz")):
            raise ConfigError("Parquet is read from an uncompressed file only")
        Columns(columns)
        return cls(path, format, dict(columns or {}), check_encoding(encoding) if encoding else None)

    @property
    def name(self) -> str:
        """What messages call it."""
        # A file's name can hold bytes that are no text; they could not be written into any message.
        return "<stdin>" if self.path == STDIN else self.path.encode("utf-8", "replace").decode("utf-8")

    def records(self) -> Iterator[Record]:
        """Each item of the file with its line; a damaged .gz or Parquet file ends with a bad row."""
        line = 0
        try:
            for record in self._records():
                line = record.line
                yield record
        except DAMAGE:
            error = InputError("file", "is damaged from here on, and not read further", "get a whole copy")
            yield Record(line + 1, BadRow.of(error, self.name, line + 1))

    def count(self) -> int | None:
        """How many lines (Parquet: rows) there are, for showing progress; None for the standard input."""
        if self.path == STDIN:
            return None
        if self.format == "parquet":
            from csnlp.io.parquet import count_rows

            return count_rows(self.path)
        try:
            return count_lines(self.path)
        except DAMAGE:
            return None

    def _records(self) -> Iterator[Record]:
        columns = Columns(self.columns)
        if self.format == "parquet":
            from csnlp.io.parquet import read_parquet

            yield from read_parquet(self.path, columns)
            return
        # JSON lines end at "\n" alone; in a table every kind of line end counts, and stays in a quoted cell.
        newline = {"jsonl": "\n", "csv": "", "tsv": ""}.get(self.format)
        with open_text(self.path, self.encoding, newline) as stream:
            lines = read_lines(stream)
            if self.format == "jsonl":
                yield from read_jsonl(lines, self.name, columns)
            elif self.format == "transcript":
                yield from read_transcript(lines, self.name)
            else:
                yield from read_table(lines, self.name, columns, _DELIMITERS[self.format])


def _why_not(path: Path) -> str:
    """Why there is no file to read at ``path``."""
    if path.is_dir():
        return "is a folder; give a file of chats in it"
    return "is no regular file; pipe it into csnlp score -" if path.exists() else "there is no such file"


def _format_of(path: str) -> str:
    if path == STDIN:
        return "jsonl"
    suffixes = [suffix.lower() for suffix in Path(path).suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    if suffixes and suffixes[-1] in _SPREADSHEETS:
        raise ConfigError(f"{path}: spreadsheets are not read; save it as CSV, and give that file")
    format = SUFFIXES.get(suffixes[-1]) if suffixes else None
    if format is None:
        raise ConfigError(f"{path}: the name does not tell the format; pass --format {'|'.join(FORMATS)}")
    return format
