"""The examples beside a rule: exchanges that it must fire on, and that it must not.

An example is the reply as text, or a mapping: ``reply``, ``context`` (lines ``客：…`` and ``服：…``, oldest first;
``客@30：…`` was said 30 seconds after the chat began), ``at`` (seconds, for the reply), ``after`` (lines that came
after; ``[]``: the reply was the last word), ``reference``, ``facts`` (fact name → value), ``heads`` (head → the label
that a model would give) and ``acts``. Heads that are not named take the mildest label (:data:`DEFAULT_LABELS`).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from csnlp.heads import ACTS, HEADS
from csnlp.rules.book import Example
from csnlp.rules.reader import Entry
from csnlp.types import Exchange, Role, Turn

DEFAULT_LABELS = {"politeness": "polite", "accuracy": "answers", "complaint": "none"}

_LINE = re.compile(r"(客|服)(?:@(\d{1,7}))?[：:]\s*(.*)", re.DOTALL)
_BEGIN = datetime(2026, 1, 5, 9, 0, 0)


def parse_examples(entry: Entry) -> tuple[Example, ...]:
    """The ``examples`` of a rule: ``fires`` and ``silent``."""
    body = entry.entry("examples", required=False)
    if body is None:
        return ()
    found = [_example(item, body, key) for key in ("fires", "silent") for item in body.items(key, required=False)]
    body.done()
    return tuple(found)


def _example(item: str | Entry, body: Entry, key: str) -> Example:
    where = f"{body.file}:{body.line}"
    if isinstance(item, str):
        if not item.strip():
            raise body.error(key, "an example is empty")
        return Example(Exchange(item), key == "fires", {}, (), {}, where)
    exchange = Exchange(
        reply=item.text("reply"),
        context=_turns(item, "context"),
        reference=item.text("reference", "") or None,
        time=_time(item.whole("at")) if "at" in item else None,
        after=_turns(item, "after") if "after" in item else None,
    )
    item.whole("at", 0)
    item.texts("after", ())
    heads = item.entry("heads", required=False)
    labels = {name: heads.choice(name, HEADS[name].labels) for name in heads.names() if name in HEADS} if heads else {}
    if heads and (unknown := [name for name in heads.names() if name not in HEADS]):
        raise heads.error(unknown[0], f"no such head; allowed: {', '.join(HEADS)}")
    facts = item.entry("facts", required=False)
    table = {name: facts.text(name) for name in facts.names()} if facts else {}
    acts = item.choices("acts", ACTS.labels, ())
    item.done()
    return Example(exchange, key == "fires", labels, acts, table, f"{item.file}:{item.line}")


def _turns(item: Entry, key: str) -> tuple[Turn, ...]:
    turns = []
    for line in item.texts(key, ()):
        match = _LINE.fullmatch(line)
        if match is None:
            raise item.error(key, f"{line[:30]!r}: a turn starts with 客： or 服： (客@30： with seconds)")
        role: Role = "customer" if match[1] == "客" else "agent"
        turns.append(Turn(role, match[3], _time(int(match[2])) if match[2] else None))
    return tuple(turns)


def _time(seconds: int) -> datetime:
    return _BEGIN + timedelta(seconds=seconds)
