"""What a reader yields besides exchanges: the row that could not be used, and where each item stood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from csnlp.errors import InputError
from csnlp.text.printable import printable, shown
from csnlp.types import Exchange


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be scored: where it stands, which field is wrong, and what to do about it.

    ``line`` counts from 1: the line of a text file, the row of a Parquet file. ``id`` is the row's own id, if it has
    a usable one: as it is, to join by, but masked in the message. No text of the row is ever part of it: chats hold
    personal data, and errors are passed around.
    """

    file: str
    line: int
    field: str
    problem: str
    remedy: str
    id: str | None = None

    @classmethod
    def of(cls, error: InputError, file: str, line: int, id: str | None = None) -> BadRow:
        """The bad row that ``error`` makes of line ``line`` of ``file``."""
        return cls(file, line, error.field, error.problem, error.remedy, id)

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> BadRow:
        """The inverse of :meth:`to_dict`."""
        return cls(**row)

    @property
    def reason(self) -> str:
        """Field, problem and remedy, as an :class:`csnlp.errors.InputError` words them."""
        return f"{self.field}: {self.problem}; {self.remedy}"

    @property
    def message(self) -> str:
        """One line: file, line, id, field, problem and remedy."""
        name = f" (id {shown(self.id)})" if self.id else ""
        return f"{printable(self.file)}:{self.line}{name}: {self.reason}"

    def to_dict(self) -> dict[str, Any]:
        """The row of an errors file: file, line, field, problem, remedy, id."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Record:
    """One item read, with the line (or Parquet row) it stands in, from 1."""

    line: int
    item: Exchange | BadRow
