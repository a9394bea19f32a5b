"""Small books of the tests' own, and a short way to ask one condition of one exchange."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from csnlp.heads import ACTS, HEADS
from csnlp.rules import Case, RuleBook, load_book
from csnlp.rules.facts import table_of
from csnlp.rules.verdict import Verdict
from csnlp.types import Exchange, HeadScore, Turn

BEGIN = datetime(2026, 3, 2, 10, 0)

ONE_RULE = """
name: one-rule
version: "1"
sections: [{id: s, title: 规范, weight: 1}]
clauses: [{id: C, section: s, title: 条款, weight: 10}]
rules:
  - id: R
    clause: C
    message: 问题
    severity: minor
    points: -5
    when: WHEN
"""


def turn(line: str) -> Turn:
    """``客：…`` or ``服：…``; ``客@30：…`` was said 30 seconds after the chat began."""
    match = re.fullmatch(r"(客|服)(?:@(\d+))?：(.*)", line, re.DOTALL)
    assert match, line
    time = BEGIN + timedelta(seconds=int(match[2])) if match[2] else None
    return Turn("customer" if match[1] == "客" else "agent", match[3], time)


def head_score(head: str, **probabilities: float) -> HeadScore:
    """A head's verdict; labels that are not named share what is left."""
    labels = HEADS[head].labels
    rest = (1 - sum(probabilities.values())) / max(1, len(labels) - len(probabilities))
    full = {label: probabilities.get(label, rest) for label in labels}
    best = max(full, key=lambda label: full[label])
    return HeadScore(best, full[best], full)


@pytest.fixture(scope="session", name="turn")
def _turn() -> Callable[[str], Turn]:
    return turn


@pytest.fixture(scope="session", name="head_score")
def _head_score() -> Callable[..., HeadScore]:
    return head_score


@pytest.fixture(scope="session")
def write_book(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes a book's text, and further files (name → text) beside it, to a fresh folder; gives the book's path."""

    def write(text: str, files: Mapping[str, str] | None = None) -> Path:
        folder = tmp_path_factory.mktemp("book")
        for name, content in {"book.yaml": text, **(files or {})}.items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8")
        return folder / "book.yaml"

    return write


@pytest.fixture(scope="session")
def one_rule(write_book: Callable[..., Path]) -> Callable[..., RuleBook]:
    """A book whose only rule has the condition ``when`` (YAML) and lexicons of its own (name → lines)."""
    books: dict[str, RuleBook] = {}

    def make(when: str, lexicons: Mapping[str, str] | None = None) -> RuleBook:
        key = repr((when, lexicons))
        if key not in books:
            header = "# title: t\n# source: written for this test\n"
            files = {f"lexicons/{name}.txt": header + lines for name, lines in (lexicons or {}).items()}
            books[key] = load_book(write_book(ONE_RULE.replace("WHEN", when), files))
        return books[key]

    return make


@pytest.fixture(scope="session")
def ask(one_rule: Callable[..., RuleBook]) -> Callable[..., Verdict]:
    """What the condition ``when`` (YAML) says of ``reply`` after the turns ``before``.

    ``after``: the turns after it (None: not known). ``at``: seconds, for the reply. ``heads``, ``acts``: the model's
    verdicts (None: it has no such head); ``known``: the heads it has.
    """

    def check(
        when: str,
        reply: str,
        *before: str,
        after: list[str] | None = None,
        at: int | None = None,
        lexicons: Mapping[str, str] | None = None,
        heads: Mapping[str, HeadScore] | None = None,
        acts: Mapping[str, float] | None = None,
        known: frozenset[str] = frozenset(HEADS),
        facts: Mapping[str, str] | None = None,
        reference: str | None = None,
        embed: Any = None,
    ) -> Verdict:
        book = one_rule(when, lexicons)
        exchange = Exchange(
            reply,
            tuple(turn(line) for line in before),
            reference,
            time=None if at is None else BEGIN + timedelta(seconds=at),
            after=None if after is None else tuple(turn(line) for line in after),
        )
        all_acts = dict.fromkeys(ACTS.labels, 0.0) | acts if acts is not None else {}
        table = table_of(facts) if facts else None
        case = Case(exchange, book.scanner, heads or {}, all_acts, known, table, embed)
        return book.rules[0].when.check(case)

    return check
