"""Files that are there whole or not at all, even after a crash."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """A temporary path beside ``path`` to write to; it takes the place of ``path`` when the block ends well.

    After an error ``path`` is as it was. What a killed process leaves is removed by the next one. A symbolic link
    stays one: what it points to is written; but none in the place of the temporary file is followed.
    """
    place = target(path)
    temporary = partial(path)
    temporary.unlink(missing_ok=True)
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))  # exclusive: no link is followed
    try:
        yield temporary
        _sync(temporary)
        os.replace(temporary, place)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync(place.parent)


def partial(path: Path) -> Path:
    """Where ``path`` is written before it is whole."""
    return target(path).with_name(f".{path.name}.partial")  # the name that was asked for: its suffix tells the format


def target(path: Path) -> Path:
    """The file that ``path`` stands for: itself, or where a symbolic link leads in the end."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def write_text(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 to ``path``, whole or not at all."""
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows has no handles of folders to sync
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
