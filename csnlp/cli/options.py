"""Options that several commands share, and what is made of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from csnlp.errors import ConfigError

if TYPE_CHECKING:
    from csnlp.io import BadRow, Source
    from csnlp.io.badrow import Record
    from csnlp.types import Exchange

Format = Annotated[
    str | None,
    typer.Option("--format", help="jsonl, csv, tsv, parquet or transcript; by default as the name ends."),
]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=COLUMN", help="The file's own name for a field, as in reply=回复正文."),
]
Encoding = Annotated[
    str | None,
    typer.Option("--encoding", help="Of a text file; by default told from its beginning."),
]

Device = Annotated[
    str,
    typer.Option(
        "--device",
        help="cpu (the fastest engine installed), cpu-float32 (the same, kept to float32), cpu-bfloat16, cpu-int8, "
        "openvino, onnx, torch, or a torch device such as cuda (extra gpu).",
    ),
]


def open_chats(path: str | Path, format: str | None, map: list[str] | None, encoding: str | None) -> Source:
    """The chats in ``path``, read as the three options say; :class:`ConfigError` if they cannot be right."""
    from csnlp.io import Source

    return Source.of(path, format=format, columns=by_field("--map", _mapping(map or [])), encoding=encoding)


def exchanges(chats: Source) -> Iterator[Exchange | BadRow]:
    """What ``chats`` hold, as :func:`records`."""
    return (record.item for record in records(chats))


def records(chats: Source) -> Iterator[Record]:
    """What ``chats`` hold, one by one. At the end the bad rows are told on the standard error, as those who go on with
    the exchanges alone pass over them in silence; :class:`ConfigError` if there was nothing else."""
    from csnlp.io.badrow import BadRow

    usable = bad = 0
    first = ""
    for record in chats.records():
        if isinstance(record.item, BadRow):
            first = first or record.item.message
            bad += 1
        else:
            usable += 1
        yield record
    if not usable:
        raise ConfigError(f"no row can be scored: {_bad_rows(bad, first)}" if bad else no_rows(chats))
    if bad:
        print(_bad_rows(bad, first), file=sys.stderr)


def _bad_rows(count: int, first: str) -> str:
    return f"{count:,} bad rows 坏行, the first: {first}"


def no_rows(chats: Source) -> str:
    """What to say of an empty file, or one with a header alone."""
    return f"{chats.name} holds no rows; give a file of chats"


def check_file(option: str, path: Path | None, *inputs: Path) -> None:
    """Raise :class:`ConfigError` now if ``option`` names a file that cannot be written, or one of the inputs."""
    if path is None:
        return
    if path.is_dir():
        raise ConfigError(f"{option} {path}: is a folder; name a file")
    if not path.absolute().parent.is_dir():
        raise ConfigError(f"{option} {path}: there is no folder {path.parent}; make it first")
    for given in filter(os.path.exists, inputs):
        if path.exists() and path.samefile(given):
            raise ConfigError(f"{option} {path}: is an input itself; name another file")


def by_field(option: str, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """``pairs`` as a mapping; :class:`ConfigError` for a field that is given twice, of which one would be dropped."""
    mapping: dict[str, str] = {}
    for field, value in pairs:
        if field in mapping:
            raise ConfigError(f"{option} gives {field} twice ({mapping[field]}, {value}); leave one out")
        mapping[field] = value
    return mapping


def _mapping(options: list[str]) -> Iterator[tuple[str, str]]:
    for option in options:
        field, equals, column = option.partition("=")
        if not (field and equals and column):
            raise ConfigError(f"--map {option}: write FIELD=COLUMN, as in --map reply=回复正文")
        yield field.strip(), column
