"""Training examples, and how each kind of labelled data becomes them.

A source teaches only the heads that it has labels for. A target is a vector with an entry for each of the head's
labels: for an ordinal or nominal head, 1 for every label that the example may have (one when it is known exactly,
several when the source only narrows it down: an offensive sentence is rude or cold) and 0 for the others, or the
probabilities that a teacher gives them; for a multi-label head, 1, 0, a probability, or NaN where nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from csnlp.errors import ConfigError
from csnlp.evaluation.gold import exchange_of, parse_labels
from csnlp.heads import ACCURACY, COMPLAINT, HEADS, OF_CUSTOMER, POLITENESS, SATISFACTION
from csnlp.text.fold import fold_text
from csnlp.types import Exchange, Turn

UNREFERENCED = "unreferenced"
"""The format of a source whose replies also stand under other questions (:mod:`csnlp.training.unreferenced`)."""

CROSSED = "crossed"
"""The format of a source whose chats get other replies, for a teacher to judge (:mod:`csnlp.training.crossed`)."""

Row = Mapping[str, Any]
Target = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """An exchange and what is known of it. Examples with the same ``group`` share a context: they are split together.

    ``row`` is the row of the file that it came from.
    """

    exchange: Exchange
    targets: Mapping[str, Target]
    group: str
    row: Row = field(default_factory=dict, repr=False, compare=False)


def one_of(head: str, *labels: str) -> Target:
    """The target of an ordinal or nominal head that has one of ``labels``."""
    known = HEADS[head].labels
    if unknown := [label for label in labels if label not in known]:
        raise ConfigError(f"{head} has no label {unknown[0]!r}; its labels are {', '.join(known)}")
    return tuple(float(label in labels) for label in known)


def is_distribution(target: Target) -> bool:
    """Whether a target of an ordinal or nominal head adds up to 1 (one label, or probabilities), rather than naming a
    set of labels."""
    return sum(target) < 1.5


def examples_from(format_name: str, rows: Iterable[Row]) -> list[Example]:
    """The examples of all ``rows``, read as ``format_name`` (a key of :data:`FORMATS`)."""
    if format_name not in FORMATS:
        raise ConfigError(f"unknown source format {format_name!r}; known: {', '.join(sorted(FORMATS))}")
    read = FORMATS[format_name]
    return [example for row in rows for example in read(row)]


def _exchange_row(row: Row) -> Iterator[Example]:
    """csnlp's own labelled exchanges (:mod:`csnlp.evaluation.gold`); ``reply`` is empty where only the customer speaks.

    Raises :class:`csnlp.errors.InputError` for what an evaluation would not read either.
    """
    exchange = exchange_of(row)
    turns = exchange.context
    labels = parse_labels(row.get("labels"))
    targets: dict[str, Target] = {}
    for name, label in labels.items():
        if isinstance(label, tuple):
            targets[name] = tuple(map(float, label))
        else:
            targets[name] = one_of(name, HEADS[name].labels[label])
    if not turns:
        targets = {name: target for name, target in targets.items() if name not in OF_CUSTOMER}
    yield Example(exchange, targets, _context_group(turns, row), row)


def _unreferenced_row(row: Row) -> Iterator[Example]:
    """csnlp's own labelled exchanges again: those whose reference confirms the reply, without it."""
    for example in _exchange_row(row):
        if example.exchange.context and row.get("reference") and row["labels"].get("accuracy") == "answers":
            yield replace(example, exchange=replace(example.exchange, reference=None))


def _satisfaction_row(row: Row) -> Iterator[Example]:
    """``turns`` up to a customer's turn and his ``satisfaction`` (0..2) in it. Taught twice: from the whole chat, and
    from what came before it up to the agent's last words, since a reply is scored before the customer answers."""
    turns = tuple(turn for turn in _turns(row["turns"]) if turn.text != "OVERALL")
    target = {"satisfaction": one_of("satisfaction", SATISFACTION.labels[row["satisfaction"]])}
    group = fold_text(row["turns"][0]["text"])
    yield Example(Exchange("", turns), target, group, row)
    last_agent = max((i for i, turn in enumerate(turns) if turn.role == "agent"), default=0)
    if last_agent:
        yield Example(Exchange(turns[last_agent].text, turns[:last_agent]), target, group, row)


def _relevance_row(row: Row) -> Iterator[Example]:
    """A ``query`` and ``replies`` with label 1 (answers it, at least in part) or 0."""
    context = (Turn("customer", row["query"]),)
    for reply in row["replies"]:
        labels = ("progresses", "answers") if reply["label"] else ("wrong", "evasive")
        yield Example(Exchange(reply["text"], context), {"accuracy": one_of("accuracy", *labels)}, row["query"])


def _offence_row(row: Row) -> Iterator[Example]:
    """``text`` and ``offensive`` 0/1: an offensive sentence would be rude or cold as a reply."""
    labels = POLITENESS.labels[:2] if row["offensive"] else POLITENESS.labels[1:]
    yield Example(Exchange(row["text"]), {"politeness": one_of("politeness", *labels)}, row["text"])


def _condescension_row(row: Row) -> Iterator[Example]:
    """``text`` and ``condescension`` 0..3."""
    labels = POLITENESS.labels[:2] if row["condescension"] else POLITENESS.labels[1:]
    yield Example(Exchange(row["text"]), {"politeness": one_of("politeness", *labels)}, row["text"])


def _sentiment_row(row: Row) -> Iterator[Example]:
    """A customer's ``text`` with ``label`` 0 (negative: dissatisfied or worse), 1 or 2 (not)."""
    labels = COMPLAINT.labels[:1] if row["label"] else COMPLAINT.labels[1:]
    exchange = Exchange("", (Turn("customer", row["text"]),))
    yield Example(exchange, {"complaint": one_of("complaint", *labels)}, row["text"])


def _consistency_row(row: Row) -> Iterator[Example]:
    """Two questions and answers (``u1 b1 u2 b2``) and whether b2 contradicts what was said before."""
    context = (Turn("customer", row["u1"]), Turn("agent", row["b1"]), Turn("customer", row["u2"]))
    labels = ACCURACY.labels[:1] if row["contradiction"] else ACCURACY.labels[1:]
    yield Example(Exchange(row["b2"], context), {"accuracy": one_of("accuracy", *labels)}, row["u1"])


def _entailment_row(row: Row) -> Iterator[Example]:
    """``premise`` (taken as the standard answer) and ``hypothesis`` (as the reply), or ``a`` and ``b``: a contradiction
    is wrong, and what is only not said by the premise is anything but that."""
    allowed = {"entailment": ("progresses", "answers"), "neutral": ACCURACY.labels[1:], "contradiction": ("wrong",)}
    if labels := allowed.get(row["label"]):
        premise, hypothesis = (row["premise"], row["hypothesis"]) if "premise" in row else (row["a"], row["b"])
        yield Example(Exchange(hypothesis, reference=premise), {"accuracy": one_of("accuracy", *labels)}, premise)


FORMATS: dict[str, Callable[[Row], Iterator[Example]]] = {
    "exchanges": _exchange_row,
    UNREFERENCED: _unreferenced_row,
    CROSSED: _exchange_row,
    "satisfaction": _satisfaction_row,
    "relevance": _relevance_row,
    "offence": _offence_row,
    "condescension": _condescension_row,
    "sentiment": _sentiment_row,
    "consistency": _consistency_row,
    "entailment": _entailment_row,
}


def _turns(rows: Iterable[Row]) -> tuple[Turn, ...]:
    return tuple(Turn(row["role"], row["text"]) for row in rows)


def _context_group(turns: tuple[Turn, ...], row: Row) -> str:
    return fold_text(" ".join(turn.text for turn in turns)) or row.get("group") or fold_text(row["reply"])
