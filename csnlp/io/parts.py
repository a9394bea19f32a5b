"""The parts of a run that is not finished: what lets a killed run go on where it stopped.

Beside the output stands a folder ``<output>.parts`` with a manifest, which says what is being scored and how, and one
file for each chunk of input that is done. Each file is written whole or not at all.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from csnlp.errors import ConfigError
from csnlp.io.atomic import partial, write_text
from csnlp.io.badrow import BadRow
from csnlp.io.outcomes import Outcome
from csnlp.io.writers import json_line, parts_path

_MANIFEST = "manifest.json"
_OURS = "csnlp parts"
"""The key that tells our manifest from another program's."""

_PART = re.compile(r"part-([0-9]{6}|[1-9][0-9]{6,})\.jsonl")

_LATER = frozenset({"engine"})
"""What manifests of older versions do not say; their parts are kept all the same."""


class Parts:
    """The parts of one output. Use :func:`locked` around it."""

    def __init__(self, output: Path) -> None:
        self.folder = parts_path(output)
        self._done: set[int] = set()

    def begin(self, manifest: Mapping[str, object], restart: bool) -> None:
        """Take up the run that ``manifest`` describes: keep its parts if there are any, else begin.

        Raises :class:`ConfigError` when the parts there are of another run, unless ``restart``, which drops them; and
        when the folder is not ours at all, which is then left alone.
        """
        self._empty_trash()
        if restart:
            self.drop()
        if kept := self._manifest():
            self._compare(kept, manifest)
        else:
            self._check_free()
            self.folder.mkdir(exist_ok=True)
            write_text(self.folder / _MANIFEST, json.dumps({_OURS: 1, **manifest}, ensure_ascii=False, indent=1))
        self._done = self._written()

    @property
    def kept(self) -> bool:
        """Whether the next run finds a part that is done."""
        return bool(self._written())

    def __contains__(self, number: int) -> bool:
        return number in self._done

    def write(self, number: int, outcomes: Sequence[Outcome]) -> None:
        """Keep the outcomes of chunk ``number`` for good."""
        lines = (
            json_line({"bad": outcome.to_dict()} if isinstance(outcome, BadRow) else {"row": outcome})
            for outcome in outcomes
        )
        write_text(self._part(number), "".join(lines))
        self._done.add(number)

    def outcomes(self, count: int) -> Iterator[Outcome]:
        """The outcomes of the chunks 0 to ``count`` - 1, in order."""
        for number in range(count):
            with open(self._part(number), encoding="utf-8") as stream:
                for line in stream:
                    kept = json.loads(line)
                    yield BadRow.from_dict(kept["bad"]) if "bad" in kept else kept["row"]

    def drop(self) -> None:
        """Remove all parts, if they are ours. They disappear at once, so that a kill leaves all of them or none."""
        if self._manifest():
            os.rename(self.folder, self._trash)
        self._empty_trash()

    @property
    def _trash(self) -> Path:
        return self.folder.with_name(f".{self.folder.name}.trash")

    def _empty_trash(self) -> None:
        if self._trash.is_symlink():
            self._trash.unlink()  # nothing can be moved onto a link
        shutil.rmtree(self._trash, ignore_errors=True)

    def _written(self) -> set[int]:
        # By the whole name: a tool that copies files leaves others beside them, such as "part-000000 (1).jsonl".
        names = (_PART.fullmatch(path.name) for path in self.folder.glob("part-*"))
        return {int(name[1]) for name in names if name}

    def _part(self, number: int) -> Path:
        return self.folder / f"part-{number:06d}.jsonl"

    def _manifest(self) -> dict[str, object] | None:
        """What the folder's manifest says; None if there is none of ours."""
        try:
            kept = json.loads((self.folder / _MANIFEST).read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None
        return kept if isinstance(kept, dict) and kept.pop(_OURS, None) else None

    def _check_free(self) -> None:
        # A run killed while it wrote its manifest leaves that behind.
        own = {partial(self.folder / _MANIFEST).name}
        if {path.name for path in self.folder.iterdir()} - own if self.folder.is_dir() else self.folder.exists():
            raise ConfigError(
                f"{self.folder} is needed for the parts of this run, but holds something else; "
                "move it away, or name another output"
            )

    def _compare(self, kept: Mapping[str, object], wanted: Mapping[str, object]) -> None:
        keys = {**kept, **wanted}.keys() - (_LATER - kept.keys())
        differing = [key for key in {**kept, **wanted} if key in keys and kept.get(key) != wanted.get(key)]
        if differing:
            what = "; ".join(f"{key} was {kept.get(key)}, is now {wanted.get(key)}" for key in differing)
            # Engines differ in the last digits: one output holds the numbers of one of them.
            same = "go on with the --device of that run, or " if differing == ["engine"] else ""
            raise ConfigError(
                f"{self.folder} holds an unfinished run that differs ({what}); "
                f"{same}pass --restart to drop it and score from the beginning"
            )


@contextmanager
def locked(output: Path) -> Iterator[None]:
    """Hold ``output`` for this run alone; :class:`ConfigError` if another run has it."""
    from filelock import FileLock, Timeout  # slow to import, and "import csnlp" is to be quick

    place = output.with_name(f".{output.name}.lock")
    lock = FileLock(place)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise ConfigError(f"{output} is being written by another run; wait for it, or name another output") from None
    try:
        yield
    finally:
        # Removed while held. Who opened it before and locks it next sees that it is gone (filelock looks).
        with suppress(PermissionError):  # Windows removes no open file; there filelock does when it is released
            place.unlink(missing_ok=True)
        lock.release()
