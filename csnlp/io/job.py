"""Scoring a file into a file: a run that can be killed at any moment, and goes on where it stopped."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timezone
from io import TextIOWrapper
from os import PathLike, fspath
from pathlib import Path
from typing import TextIO

from csnlp.errors import ConfigError
from csnlp.io.atomic import atomic, target
from csnlp.io.badrow import BadRow
from csnlp.io.opening import STDIN
from csnlp.io.outcomes import Chunk, Outcome, Progress, Scorer, chunks, score_chunks
from csnlp.io.parts import Parts, locked
from csnlp.io.reader import Source
from csnlp.io.summary import Summary, Tally
from csnlp.io.writers import JsonlWriter, check_output, errors_path, failed_path, json_line, open_writer

CHUNK = 1000
"""Records of input in one part. A killed run scores its unfinished parts again: the one that was being filled, and what
the scorer had read ahead of it."""


def score_file(
    scorer: Scorer,
    source: Source | str | PathLike[str],
    output: str | PathLike[str],
    *,
    probabilities: bool = False,
    restart: bool = False,
    chunk_size: int = CHUNK,
    progress: Progress | None = None,
) -> Summary:
    """Score every exchange of ``source`` into ``output`` and say what came of it.

    Bad rows go to ``<output>.errors.jsonl`` (which is removed when there are none); when no row at all can be scored,
    an older ``output`` and its errors are left as they are (the bad rows then stand in
    ``<output>.failed.errors.jsonl``). A run that was killed goes on from its last part when it is
    started again with the same input, options, model and rule book; ``restart`` makes it begin anew. ``output`` appears
    only when it is complete, in place of an older one. ``-`` is the standard output, as JSON lines; that, and reading
    from the standard input, cannot be taken up again after a kill.

    Raises :class:`ConfigError` when the output cannot be written, another run is writing it, or the unfinished run
    found there is a different one.
    """
    began = time.perf_counter()
    source = source if isinstance(source, Source) else Source.of(source)
    work = _Work(scorer, source, probabilities, chunk_size, progress)
    path = Path(output)
    if fspath(output) == STDIN:
        tally = _stream_out(work)
    else:
        check_output(path, () if source.path == STDIN else (source.path,))
        with locked(path):
            tally = _direct(work, path) if source.path == STDIN else _in_parts(work, path, restart)
    return tally.summary(
        scored_now=work.scored,
        seconds=time.perf_counter() - began,
        output=str(path) if tally.scored else None,
        errors=str(_errors(path, tally)) if tally.bad and fspath(output) != STDIN else None,
    )


def score_stream(
    scorer: Scorer,
    source: Source,
    *,
    probabilities: bool = False,
    chunk_size: int = CHUNK,
    progress: Progress | None = None,
) -> Iterator[Outcome]:
    """The outcome of each item of ``source`` in order: a score row, or a :class:`BadRow`."""
    return _Work(scorer, source, probabilities, chunk_size, progress).outcomes()


class _Work:
    """What is to be scored and how, and how far it is."""

    def __init__(
        self, scorer: Scorer, source: Source, probabilities: bool, chunk_size: int, progress: Progress | None
    ) -> None:
        if not isinstance(chunk_size, int) or chunk_size < 1:
            raise ConfigError(f"chunk_size is {chunk_size!r}; give a whole number of records, at least 1")
        self.scorer = scorer
        self.source = source
        self.probabilities = probabilities
        self.chunk_size = chunk_size
        self.scored = 0
        self._progress = progress or (lambda line, scored: None)

    def outcomes(self) -> Iterator[Outcome]:
        for _, outcomes in self._score(enumerate(chunks(self.source.records(), self.chunk_size))):
            yield from outcomes

    def fill(self, parts: Parts) -> int:
        """Score the chunks that ``parts`` lacks; returns how many there are in all."""
        count = 0

        def missing() -> Iterator[Chunk]:
            nonlocal count
            for count, chunk in enumerate(chunks(self.source.records(), self.chunk_size), 1):
                if count - 1 in parts:
                    self._progress(chunk[-1].line, self.scored)
                else:
                    yield count - 1, chunk

        for number, outcomes in self._score(missing()):
            parts.write(number, outcomes)
        return count

    def metadata(self) -> dict[str, str]:
        """What the output says of where it comes from."""
        created = datetime.now(timezone.utc).isoformat(timespec="seconds")
        return {**self.scorer.metadata(), "input": self.source.name, "created": created}

    def manifest(self) -> dict[str, object]:
        """What must be the same for parts of an earlier run to be kept.

        The input is told by its name, size and time of change: other rows under the same three are not noticed.
        """
        source = self.source
        stat = os.stat(source.path)
        return {
            "input": os.path.abspath(source.name),
            "input size": stat.st_size,
            "input time": stat.st_mtime_ns,
            "format": source.format,
            "columns": dict(source.columns),
            "encoding": source.encoding,
            **{key.replace("_", " "): value for key, value in self.scorer.metadata().items()},
            "probabilities": self.probabilities,
            "part size": self.chunk_size,
        }

    def _score(self, numbered: Iterable[Chunk]) -> Iterator[tuple[int, list[Outcome]]]:
        return score_chunks(self.scorer, numbered, self.source.name, self.probabilities, self._tick)

    def _tick(self, line: int, scored: int) -> None:
        self.scored += scored
        self._progress(line, self.scored)


def _in_parts(work: _Work, output: Path, restart: bool) -> Tally:
    manifest = work.manifest()
    parts = Parts(output)
    parts.begin(manifest, restart)
    count = work.fill(parts)
    if work.manifest() != manifest:
        raise ConfigError(f"{work.source.name} changed while it was being scored; run again with --restart")
    # From here on every part is on the disk: a run killed before the parts are dropped only puts them together again.
    tally = _deliver(parts.outcomes(count), work, output)
    parts.drop()
    return tally


def _direct(work: _Work, output: Path) -> Tally:
    return _deliver(work.outcomes(), work, output)


class _NothingScored(Exception):
    """Leaves the output as it is."""


def _errors(output: Path, tally: Tally) -> Path:
    """Where the bad rows of this run stand in the end."""
    return failed_path(output) if not tally.scored and output.exists() else errors_path(output)


def _deliver(outcomes: Iterable[Outcome], work: _Work, output: Path) -> Tally:
    """Write rows and bad rows to their files, and count them."""
    tally = Tally()
    rows = open_writer(output, metadata=work.metadata(), probabilities=work.probabilities)
    with suppress(_NothingScored), rows as writer:
        with _error_writer(failed_path(output)) as write_error:
            for outcome in outcomes:
                tally.add(outcome)
                if isinstance(outcome, BadRow):
                    write_error(outcome)
                else:
                    writer.write(outcome)
        if (errors := _errors(output, tally)) == errors_path(output):  # first: they are read with the output
            if tally.bad:
                os.replace(failed_path(output), target(errors))
            else:
                errors.unlink(missing_ok=True)
        if not tally.scored:
            raise _NothingScored
    return tally


@contextmanager
def _error_writer(path: Path) -> Iterator[Callable[[BadRow], None]]:
    """Writes bad rows to ``path``, which exists afterwards only if there were any."""
    with ExitStack() as stack:
        stream: TextIO | None = None

        def write(bad: BadRow) -> None:
            nonlocal stream
            if stream is None:
                temporary = stack.enter_context(atomic(path))
                stream = stack.enter_context(open(temporary, "w", encoding="utf-8", newline="\n"))
            stream.write(json_line(bad.to_dict()))

        yield write
        if stream is None:
            path.unlink(missing_ok=True)


def _stream_out(work: _Work) -> Tally:
    """Rows to the standard output, in UTF-8 whatever the terminal's encoding; messages to the standard error."""
    tally = Tally()
    buffer = getattr(sys.stdout, "buffer", None)  # a shell may have closed it, and a notebook's takes no bytes
    if buffer is None:
        raise ConfigError("there is no standard output to write the scores to; name a file")
    stream = TextIOWrapper(buffer, encoding="utf-8", newline="\n", write_through=True)
    try:
        writer = JsonlWriter(stream)
        for outcome in work.outcomes():
            tally.add(outcome)
            if isinstance(outcome, BadRow):
                print(outcome.message, file=sys.stderr)
            else:
                writer.write(outcome)
        stream.flush()
    finally:
        stream.detach()
    return tally
