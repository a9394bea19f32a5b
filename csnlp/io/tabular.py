"""CSV and TSV: a header line, then a row a record. A broken record never takes its neighbours with it."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator

from csnlp.errors import ConfigError, InputError
from csnlp.io.badrow import BadRow, Record
from csnlp.io.columns import Columns
from csnlp.io.opening import MAX_LINE
from csnlp.io.rows import read_row
from csnlp.text.printable import printable

MAX_READS = 10
"""How often a line may be read by records that turn out to be broken: one more that runs on into it is taken as broken
there. Else each of many stray quotation marks would have all the lines after it read again."""

_LINE = 100
"""About what a line takes in memory besides its text: so many blank lines are too long as well."""


class _Lines(Iterator[str]):
    """Physical lines for ``csv.reader`` that remembers those of the current record, to give them back."""

    def __init__(self, lines: Iterable[tuple[int, str | None]]) -> None:
        self._lines = ((number, text, 0) for number, text in lines)
        self._back: deque[tuple[int, str | None, int]] = deque()
        self._taken: list[tuple[int, str | None, int]] = []  # number, text, how often it has been read
        self._size = 0

    def __next__(self) -> str:
        number, text, reads = self._back.popleft() if self._back else next(self._lines)
        runs_on = bool(self._taken)
        self._taken.append((number, text, reads + 1))
        if text is None:
            raise csv.Error(f"it is over {MAX_LINE} characters long")
        self._size += len(text) + _LINE
        if self._size > MAX_LINE or (runs_on and reads >= MAX_READS):
            raise csv.Error("a quotation mark is opened and never closed")
        return text

    @property
    def line(self) -> int:
        """The line that the current record begins on."""
        return self._taken[0][0]

    @property
    def first(self) -> str:
        """The first line of the current record."""
        return self._taken[0][1] or ""

    def begin(self) -> None:
        """The next line taken is the first of a record."""
        self._taken.clear()
        self._size = 0

    def give_back(self) -> None:
        """Let the lines of the current record after its first one be taken again, as records of their own."""
        self._back.extendleft(reversed(self._taken[1:]))


def read_table(
    lines: Iterable[tuple[int, str | None]], file: str, columns: Columns, delimiter: str
) -> Iterator[Record]:
    """The records of a table's numbered lines (None: a line too long to read). Blank lines are passed over.

    Raises :class:`ConfigError` when the header cannot be read, or lacks a column that is needed.
    """
    # The limit belongs to the process: it is only ever raised. Lines are bounded here.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE))
    source = _Lines(lines)
    rows = csv.reader(source, delimiter=delimiter, strict=True)
    header: list[str] | None = None
    places: dict[str, int] = {}
    while True:
        source.begin()
        try:
            cells = next(rows)
            if header is not None and cells and len(cells) != len(header):
                raise csv.Error(f"it has {len(cells)} fields, and the header has {len(header)}")
        except StopIteration:
            return
        except csv.Error as error:
            if header is None:
                _check_delimiter(source.first, file, columns, delimiter)
                raise ConfigError(f"{file}: the header line cannot be read ({error})") from None
            source.give_back()
            problem = InputError("line", f"cannot be split into columns: {error}", _REMEDY)
            yield Record(source.line, BadRow.of(problem, file, source.line))
            continue
        if header is None:
            if cells:
                header, places = cells, _bind(cells, source.first, file, columns, delimiter)
        elif cells:
            row = {field: cells[place] for field, place in places.items()}
            yield from read_row(row, file, source.line)


def _bind(header: list[str], text: str, file: str, columns: Columns, delimiter: str) -> dict[str, int]:
    try:
        return columns.bind(header, file)
    except ConfigError:
        _check_delimiter(text, file, columns, delimiter)
        raise


def _check_delimiter(text: str, file: str, columns: Columns, delimiter: str) -> None:
    """Raise :class:`ConfigError` when the header ``text``, which cannot be used, seems to have another delimiter."""
    text = text.strip("\r\n")
    if text.strip(' "').lower().startswith("sep="):
        what = f"the first line, {printable(text, 20)!r}, is Excel's own and no header, so the delimiter looks wrong"
        raise ConfigError(f"{file}: {what}; {_SEPARATE}")
    for other in _OTHERS:
        if other != delimiter and other in text and _fits(text.replace('"', "").split(other), columns):
            remedy = _FORMATS.get(other, _SEPARATE)
            raise ConfigError(f"{file}: the delimiter looks wrong, it seems to be {other!r}; {remedy}")


def _fits(header: list[str], columns: Columns) -> bool:
    try:
        columns.bind(header, "")
    except ConfigError:
        return False
    return True


_OTHERS = ("\t", ",", ";", "|", "，", "；")
_FORMATS = {"\t": "pass --format tsv", ",": "pass --format csv"}
_SEPARATE = "save the table as CSV with commas, the header as its first line"
_REMEDY = 'quote a text that holds the delimiter, quotes or line breaks, and double its quotes ("")'
