"""Public tasks near csnlp's own: how a row of their files is read, and what is measured.

A *task* has one head of its own. ``csnlp train`` makes a model for it from a recipe with ``task: NAME``, and
``csnlp evaluate MODEL FILE --task NAME`` measures any model that has the head on any file with the same fields. A model
with csnlp's own heads is measured by the one that stands in for it, if there is one: an offensive sentence would be a
rude or cold reply.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from csnlp.errors import ConfigError, InputError
from csnlp.heads import Head, HeadKind
from csnlp.io.jsonl import read_objects
from csnlp.types import Exchange, Turn

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """What is judged, and its gold ``value``: a label, or for an ordinal task a rank that may lie between two labels.

    Cases of one ``group`` belong together (the replies to one question); ``row`` is what they were read from.
    """

    exchange: Exchange
    value: str | float
    group: str
    row: Row = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Task:
    """A task. ``labels`` are empty when they are those that the training file has. ``measure`` is what it is judged by
    (:mod:`csnlp.evaluation.task_run`). ``stand_in``: the head of csnlp's own, and its labels that mean the task's last
    label (for an ordinal task: none, its expected rank is taken)."""

    name: str
    kind: HeadKind
    labels: tuple[str, ...]
    cases: Callable[[Row], Iterable[Case]]
    measure: str
    stand_in: tuple[str, tuple[str, ...]] | None = None

    @property
    def measures(self) -> tuple[str, ...]:
        """What :func:`csnlp.evaluation.task_run.evaluate_task` finds."""
        if self.kind == "ordinal":
            return ("pearson", "spearman", "mae")
        return ("accuracy", "f1", "macro_f1", "auc") if len(self.labels) == 2 else ("accuracy", "macro_f1")

    def head(self, labels: Sequence[str] = ()) -> Head:
        """The head that a model for this task has; ``labels`` where the task leaves them to the file."""
        return Head(self.name, self.kind, self.labels or tuple(labels))


def find_task(name: str) -> Task:
    """The task of this name; raises :class:`csnlp.errors.ConfigError` that lists those there are."""
    if name not in TASKS:
        raise ConfigError(f"there is no task {name!r}; the tasks are {', '.join(TASKS)}")
    return TASKS[name]


def read_cases(task: Task, path: Path) -> Iterator[Case]:
    """The cases of a file (JSON lines, plain or .gz) with the task's fields; :class:`InputError` names a bad row."""
    if not path.is_file():
        raise InputError(str(path), "is not a file", f"give a .jsonl or .jsonl.gz file of the task {task.name}")
    for number, row in read_objects(path):
        try:
            cases = list(_checked(task, row))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            wrong = f"has no field {error}" if isinstance(error, KeyError) else f"cannot be read ({error})"
            problem = f"{wrong}; task {task.name} reads: {' '.join((task.cases.__doc__ or '').split())}"
            raise InputError(f"{path}:{number}", problem, "correct the row, or leave it out") from error
        yield from cases


def file_labels(cases: Iterable[Case]) -> tuple[str, ...]:
    """The labels that occur, sorted."""
    return tuple(sorted({str(case.value) for case in cases}))


def _checked(task: Task, row: Row) -> Iterator[Case]:
    for case in task.cases(row):
        texts = [case.exchange.reply, *(turn.text for turn in case.exchange.context)]
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("a text is not a string")
        if task.kind == "ordinal" and not 0 <= float(case.value) <= len(task.labels) - 1:
            raise ValueError(f"{task.name} is not between 0 and {len(task.labels) - 1}")
        if task.kind != "ordinal" and task.labels and case.value not in task.labels:
            raise ValueError(f"{task.name} is none of {', '.join(task.labels)}")
        yield replace(case, group=case.group or texts[0], row=row)


def _whole(row: Row, field: str, most: int) -> int:
    value = row[field]
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError(f"{field} is not a whole number from 0 to {most}")
    return int(value)


def _number(row: Row, field: str) -> float:
    try:
        return float(row[field])
    except (TypeError, ValueError):  # whose text quotes the value
        raise ValueError(f"{field} is not a number") from None


def _name(row: Row, field: str) -> str:
    value = row[field]
    if not isinstance(value, str) or not value:
        raise ValueError(f"{field} is not a name")
    return value


def _offence(row: Row) -> Iterator[Case]:
    """text, offensive (0/1)"""
    yield Case(Exchange(row["text"]), ("clean", "offensive")[_whole(row, "offensive", 1)], "")


def _condescension(row: Row) -> Iterator[Case]:
    """text, condescension (0 none, 1 to 3 the degree)"""
    yield Case(Exchange(row["text"]), ("plain", *["condescending"] * 3)[_whole(row, "condescension", 3)], "")


def _talk_politeness(row: Row) -> Iterator[Case]:
    """text, politeness (0 to 4, the mean of several judges)"""
    yield Case(Exchange(row["text"]), _number(row, "politeness"), "")


def _intent(row: Row) -> Iterator[Case]:
    """text (a customer's words), intent (the name of one)"""
    yield Case(Exchange(row["text"]), _name(row, "intent"), "")


def _relevance(row: Row) -> Iterator[Case]:
    """query, replies (a list, as they were sent, of text and label: 1 when it answers, else 0)"""
    said: tuple[Turn, ...] = (Turn("customer", row["query"]),)
    if not isinstance(row["replies"], list) or not all(isinstance(reply, dict) for reply in row["replies"]):
        raise TypeError("replies is no list of objects")
    for reply in row["replies"]:
        yield Case(Exchange(reply["text"], said), ("off", "answers")[_whole(reply, "label", 1)], row["query"])
        said += (Turn("agent", reply["text"]),)


def _contradiction(row: Row) -> Iterator[Case]:
    """u1, b1, u2, b2 (two questions and answers), contradiction (0/1)"""
    before = (Turn("customer", row["u1"]), Turn("agent", row["b1"]), Turn("customer", row["u2"]))
    yield Case(Exchange(row["b2"], before), ("consistent", "contradicts")[_whole(row, "contradiction", 1)], row["u1"])


def _same_question(row: Row) -> Iterator[Case]:
    """a, b (two questions), label ("1" when they ask the same, else "0")"""
    if row["label"] not in ("0", "1"):
        raise ValueError('label is neither "0" nor "1"')
    label = ("other", "same")[int(row["label"])]
    yield Case(Exchange(row["b"], (Turn("customer", row["a"]),)), label, row["a"])


def _emotion(row: Row) -> Iterator[Case]:
    """text, emotion (the name of one)"""
    yield Case(Exchange(row["text"]), _name(row, "emotion"), "")


_UNKIND = ("politeness", ("rude", "cold"))
_FIVE = ("0", "1", "2", "3", "4")

TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        Task("offence", "nominal", ("clean", "offensive"), _offence, "accuracy", _UNKIND),
        Task("condescension", "nominal", ("plain", "condescending"), _condescension, "macro_f1", _UNKIND),
        Task("talk_politeness", "ordinal", _FIVE, _talk_politeness, "pearson", ("politeness", ())),
        Task("intent", "nominal", (), _intent, "macro_f1"),
        Task("relevance", "nominal", ("off", "answers"), _relevance, "f1", ("accuracy", ("progresses", "answers"))),
        Task("contradiction", "nominal", ("consistent", "contradicts"), _contradiction, "f1", ("accuracy", ("wrong",))),
        Task("same_question", "nominal", ("other", "same"), _same_question, "f1"),
        Task("emotion", "nominal", (), _emotion, "macro_f1"),
    )
}
