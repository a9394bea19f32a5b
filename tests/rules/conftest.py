"""Small books of the tests' own, and a short way to ask one condition of one exchange."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from csnlp.errors import ConfigError
from csnlp.heads import ACTS, HEADS
from csnlp.rules import Case, RuleBook, load_book
from csnlp.rules.facts import table_of
from csnlp.rules.verdict import Verdict
from csnlp.types import Exchange, HeadScore, Score, Turn

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

# A book of a shop, the file that it includes, its lexicon, and the files that stand beside it.
BOOK = """\
name: shop
version: 1.10
include: [more.yaml]
domains: [shop.com]
review_below: 0.6
sections:
  - {id: norms, title: 回复规范, weight: 70}
  - {id: flow, title: 回复流程, weight: 30}
ceilings: {critical: 40, major: 79}
bands: [{name: 不合格, at_least: 0}, {name: 合格, at_least: 60}]
clauses:
  - {id: N1, section: norms, title: 文明用语, weight: 14}
  - id: N2
    section: norms
    title: 热情
    weight: 6
    credit: {head: politeness, rude: 0, cold: 0.2, neutral: 0.8, polite: 1, warm: 1}
rules:
  - id: N1-rude
    clause: N1
    message: 粗话
    suggestion: 请换成礼貌用语
    severity: critical
    points: -14
    each: true
    cap: 10
    veto: section
    from: 2026-01-01
    until: 2026-12-31
    applies: {position: first_reply}
    otherwise: no_context
    when: {lexicon: rude, unless_negated: true}
    examples:
      fires: [你这个笨蛋]
      silent: [您好, {reply: 笨蛋, context: ["客@5：你们说我是笨蛋", "服@9：没有"], at: 20, after: ["客：哦"]}]
"""
MORE = """\
rules:
  - id: N2-thanks
    clause: N2
    message: 有感谢
    severity: praise
    points: 2
    when: {regex: 谢谢}
"""
RUDE = "# title: 粗话\n# source: written for this test\n笨蛋\n"
FILES = {"more.yaml": MORE, "lexicons/rude.txt": RUDE}


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


def spans_of(verdict: Verdict, reply: str) -> list[str]:
    return [reply[start:end] for start, end in verdict.spans]


def complaint(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load_book(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def by_hand(score: Score) -> float:
    """The sum of the points column of the account as it is shown."""
    lines = score.explain().splitlines()
    end = next(number for number, line in enumerate(lines) if line.startswith("total"))
    return sum(float(line.split()[-1]) for line in lines[1:end])


def shown_total(score: Score) -> float:
    return float(next(line for line in score.explain().splitlines() if line.startswith("total")).split()[-1])


def lexicon_sentences(file: str) -> dict[str, tuple[list[str], list[str]]]:
    """Lexicon → sentences that it must hit, and that it must not, as a text file beside this one lists them."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    hits: list[str] = []
    misses: list[str] = []
    for line in (Path(__file__).parent / file).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            hits, misses = found.setdefault(line.strip("[]"), ([], []))
        elif line.startswith(("+ ", "- ")):
            (hits if line[0] == "+" else misses).append(line[2:])
    return found


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
