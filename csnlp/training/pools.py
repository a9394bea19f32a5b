"""The data of a run: the pool that each source gives, and what is held out of it to be measured on."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from csnlp.errors import ConfigError, InputError
from csnlp.evaluation.gold import GoldRow
from csnlp.evaluation.tasks import Case
from csnlp.heads import HEADS
from csnlp.io.jsonl import read_objects
from csnlp.models.folder import model_digest
from csnlp.models.protocol import Model
from csnlp.models.registry import load_folder
from csnlp.text.fold import fold_text
from csnlp.training.config import Source
from csnlp.training.crossed import crossed
from csnlp.training.distil import taught_by
from csnlp.training.examples import CROSSED, UNREFERENCED, Example, examples_from
from csnlp.training.join import Row, labelled_spans, labelled_turns
from csnlp.training.remembered import RememberedTeacher
from csnlp.training.unreferenced import beside_the_question


def load_pools(sources: Iterable[Source], said: Path) -> tuple[list[list[Example]], dict[str, list[Example]]]:
    """The training examples of each source, and by source name the labelled exchanges of the held-out groups.

    Chats come in several cuts and in several sources: what is held out of one is left out of all
    (:func:`_exchange_key`). ``said`` is the folder where the teachers' words are kept. Raises
    :class:`csnlp.errors.ConfigError` for a source that has nothing to teach.
    """
    sources = list(sources)
    pools: list[list[Example]] = []
    held_out: dict[str, list[Example]] = {}
    for source in sources:
        examples = [_without(example, source.without) for example in _examples(source)]
        examples = [example for example in examples if example.targets]
        pools.append([e for e in examples if not is_held_out(e.group, source)])
        if source.holdout and source.format not in _MADE_OF_OTHERS:
            name = (source.labels or source.path).name.split(".")[0]
            held_out.setdefault(name, []).extend(e for e in examples if is_held_out(e.group, source))
    unseen = {_exchange_key(example) for kept in held_out.values() for example in kept} - {None}
    pools = [[example for example in pool if _exchange_key(example) not in unseen] for pool in pools]
    pools = [_made(pool, source.format) for pool, source in zip(pools, sources, strict=True)]
    teachers: dict[Path, Model] = {}
    for number, source in enumerate(sources):
        if not pools[number]:
            raise ConfigError(f"{source.path}: has no labelled row to train on; leave it out, or lower its holdout")
        for folder in source.teacher:
            if folder not in teachers:  # many sources have the same ones, and a big one takes its time to load
                teacher = load_folder(folder)
                teachers[folder] = RememberedTeacher(teacher, model_digest(teacher), said)
        if source.teacher:
            pools[number] = taught_by([teachers[folder] for folder in source.teacher], pools[number])
    return pools, held_out


_MADE_OF_OTHERS = (UNREFERENCED, CROSSED)
"""Formats of rows that another source has as they are; what is held out of them is measured there."""


def _made(pool: list[Example], format_name: str) -> list[Example]:
    if format_name == CROSSED:
        return crossed(pool)
    return pool + beside_the_question(pool) if format_name == UNREFERENCED else pool


def _examples(source: Source) -> Iterator[Example]:
    first: dict[str, str] = {}  # the rows of a named group stay together: that of the first of them is the others' too
    for number, row in enumerate(_rows(source), 1):
        try:
            examples = examples_from(source.format, [row])
        except (ConfigError, InputError, KeyError, TypeError) as error:
            problem = f"has no {error.args[0]}" if isinstance(error, KeyError) else error
            raise ConfigError(f"{source.labels or source.path}: row {number}: {problem}") from error
        for example in examples:
            name = row.get("group")
            yield replace(example, group=first.setdefault(str(name), example.group)) if name else example


def _exchange_key(example: Example) -> tuple[str, str, str] | None:
    """What an exchange is known by however much of the chat before it is cut off: the last turn, the reply, and the
    reference. None for one as short as many others are ("在吗" and "您好")."""
    exchange = example.exchange
    if not exchange.reply or not exchange.context:
        return None
    last, reply = fold_text(exchange.context[-1].text), fold_text(exchange.reply)
    return (last, reply, exchange.reference or "") if len(last) + len(reply) >= _TELLING else None


_TELLING = 16
"""Characters that are hardly said twice by chance."""


def taught_heads(pools: Iterable[Sequence[Example]], head_weights: Mapping[str, float]) -> tuple[str, ...]:
    """The heads that some example has a target for and that do not weigh 0, in the order of HEADS."""
    known = {name for pool in pools for example in pool for name in example.targets}
    return tuple(name for name in HEADS if name in known and head_weights.get(name, 1.0))


def write_held_out(folder: Path, held_out: Mapping[str, Sequence[Example | Case]]) -> None:
    """One labelled file for each source (``<source>.jsonl``), as ``csnlp evaluate`` reads it.

    A customer's line that no reply followed is left out.
    """
    folder.mkdir(exist_ok=True)
    for name, examples in held_out.items():
        rows = {id(e.row): e.row for e in examples if e.row.get("reply") != ""}  # a row can give several examples
        lines = (json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows.values())
        (folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")


def gold_row(example: Example) -> GoldRow:
    """``example`` as an evaluation reads it: only what is known exactly."""
    labels = {
        name: tuple(int(value) for value in target) if HEADS[name].kind == "multilabel" else target.index(1.0)
        for name, target in example.targets.items()
        if HEADS[name].kind == "multilabel" or sum(target) == 1
    }
    return GoldRow(example.exchange, labels, example.group)


def _without(example: Example, heads: Collection[str]) -> Example:
    if not heads:
        return example
    targets = {name: target for name, target in example.targets.items() if name not in heads}
    labels = {name: label for name, label in example.row.get("labels", {}).items() if name not in heads}
    return replace(example, targets=targets, row={**example.row, "labels": labels})


def _rows(source: Source) -> Iterable[Row]:
    if source.labels is None:
        return _objects(source.path) if source.format in _OWN else _json(source.path)
    labels = _objects(source.labels)
    if ".txt" in source.path.suffixes:
        return labelled_spans(read_lines(source.path), labels)
    return labelled_turns(_json(source.path), labels)


_OWN = ("exchanges", UNREFERENCED, CROSSED)
"""Formats in which a label that is null says something else than one that is not there; a library that reads a file as
a table makes null of both."""


def _objects(path: Path) -> Iterator[Row]:
    try:
        for _, row in read_objects(path):
            yield row
    except (InputError, OSError) as error:
        raise ConfigError(f"{error}; a source is a file of JSON lines, one object a line") from error


def _json(path: Path) -> Iterable[Row]:
    from datasets import load_dataset

    # Streamed: else the texts would be copied to a cache in the user's home.
    return load_dataset("json", data_files=str(path), split="train", streaming=True)  # type: ignore[no-any-return]


def read_lines(path: Path) -> Sequence[str]:
    """The lines of a UTF-8 file, plain or .gz, without their ends."""
    data = path.read_bytes()
    # Split at \n alone: chats hold other characters that are taken for an end of line elsewhere.
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8").split("\n")


def is_held_out(group: str, source: Source) -> bool:
    """Whether ``group`` is in the part of ``source`` that is kept out of training."""
    place = zlib.crc32(group.encode("utf-8", "surrogatepass")) % 10_000 / 10_000
    return source.fold * source.holdout <= place < (source.fold + 1) * source.holdout
