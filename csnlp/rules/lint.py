"""Looks for what is wrong with a book although it loads: clauses without rules, dead rules, conflicts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from csnlp.errors import InputError
from csnlp.rules.book import Example, Rule, RuleBook
from csnlp.rules.engine import apply
from csnlp.rules.inspect import all_conditions, conditions, kinds
from csnlp.rules.kinds.text import RegexMatch
from csnlp.rules.selftest import MIN_EXAMPLES, case_of, too_few
from csnlp.text.fold import fold_text

_RISING = ("minor", "major", "critical")

# One piece of a pattern: a quotation, an escape, a class, the start of a group (with its flags or name), a character.
_PIECE = re.compile(
    r"\\Q.*?(?:\\E|$)|\\(?:[pP]\{[^}]*\}|x\{[^}]*\}|x..|[pP].|\d{1,3}|.)"
    r"|\[\^?\]?(?:\[:\^?\w+:\]|\\[pPx]\{[^}]*\}|\\.|[^\]])*\]|\(\?(?:P?<\w+>|[A-Za-z-]*[:)])|.",
    re.DOTALL,
)
_MEMBER = re.compile(r"(?:\[:\^?\w+:\]|\\[pPx]\{[^}]*\}|\\x..|\\.|.)(?:-(?:\\.|[^\]]))?", re.DOTALL)
_SPACE_ESCAPES = (r"\n", r"\r", r"\t", r"\f", r"\v")


@dataclass(frozen=True, slots=True)
class Problem:
    """``where`` (file:line), the rule or clause it is about, and what is wrong with it."""

    where: str
    subject: str
    message: str


def lint(book: RuleBook, today: date) -> list[Problem]:
    """The problems of ``book`` as of ``today``."""
    weights = {clause.id: clause.weight for clause in book.clauses}
    return [
        *_clauses(book),
        *_sections(book),
        *(problem for rule in book.rules for problem in _rule(rule, weights[rule.clause], today)),
        *(problem for rule in book.rules for problem in _unfolded(rule)),
        *_unused(book),
        *_doubles(book),
        *_failing(book),
        *_conflicts(book),
    ]


def _clauses(book: RuleBook) -> Iterator[Problem]:
    ruled = {rule.clause for rule in book.rules}
    for clause in book.clauses:
        if clause.weight and clause.id not in ruled and not clause.credit_head:
            yield Problem(clause.where, clause.id, "has no rule and no credit: it is never decided")


def _sections(book: RuleBook) -> Iterator[Problem]:
    used = {clause.section for clause in book.clauses}
    for section in book.sections:
        if section.id not in used:
            yield Problem(book.name, section.id, "is a section without clauses")
    ceilings = [book.ceilings.get(severity, 100.0) for severity in _RISING]
    if ceilings != sorted(ceilings, reverse=True):
        yield Problem(book.name, "ceilings", "a graver finding leaves a higher total than a lighter one")


def _unused(book: RuleBook) -> Iterator[Problem]:
    used = {id(condition) for rule in book.rules for condition in all_conditions(rule)}
    for name, condition in book.named.items():
        if id(condition) not in used:
            yield Problem(book.name, name, "is a condition that no rule uses")


def _rule(rule: Rule, weight: float, today: date) -> Iterator[Problem]:
    if rule.end is not None and rule.end < today:
        yield Problem(rule.where, rule.id, f"is dead: it ended on {rule.end}")
    if too_few(rule):
        yield Problem(rule.where, rule.id, f"has fewer than {MIN_EXAMPLES} firing or {MIN_EXAMPLES} silent examples")
    if rule.points and not weight:
        yield Problem(rule.where, rule.id, f"has points, but its clause {rule.clause} weighs nothing")
    if abs(rule.points) > weight > 0:
        yield Problem(rule.where, rule.id, f"has {rule.points:g} points, more than its clause weighs ({weight:g})")
    if rule.severity not in ("info", "praise") and not rule.suggestion:
        yield Problem(rule.where, rule.id, "has no suggestion how to say it instead")


def _unfolded(rule: Rule) -> Iterator[Problem]:
    """Patterns that look for what no folded text has: they load, and what asks for it never matches."""
    patterns = dict.fromkeys(part.pattern for part in conditions(rule) if isinstance(part, RegexMatch))
    for pattern in patterns:
        if changed := _changed(pattern):
            old, new = (", ".join(map(_quote, words)) for words in (changed, changed.values()))
            message = f"its pattern {_quote(pattern)} has {old}, never found in folded text; write {new}"
            yield Problem(rule.where, rule.id, message)


def _quote(pattern: str) -> str:
    """On one line, with its backslashes as they are written."""
    return repr(pattern).replace("\\\\", "\\")


def _changed(pattern: str) -> dict[str, str]:
    """The characters and classes of ``pattern`` that folding leaves nothing of → what to write for them."""
    ignores_case = re.search(r"\(\?[A-Za-z]*i", pattern) is not None
    found: dict[str, str] = {}
    for piece in _PIECE.findall(pattern):
        if piece.startswith("[") and len(piece) > 1:
            members = [] if piece.startswith("[^") else _MEMBER.findall(piece[1:-1])
            folded = [_folded(member, ignores_case) for member in members]
            if members and None not in folded:
                found[piece] = f"[{''.join(filter(None, folded))}]"
        elif (other := _folded(piece, ignores_case)) is not None:
            found[piece] = other if other == " " else re.escape(other)
    return found


def _folded(piece: str, ignores_case: bool) -> str | None:
    """What folding makes of a literal character, or of a range of them; None: it stays, or is not for folding."""
    if len(piece) == 3 and piece[1] == "-":
        ends = [_folded(end, ignores_case) for end in piece[::2]]
        return None if None in ends else "-".join(filter(None, ends))
    char = " " if piece in _SPACE_ESCAPES else piece
    if len(char) > 1:
        return None
    folded = fold_text(f"|{char.lower() if ignores_case else char}|")[1:-1]
    return None if folded == (piece.lower() if ignores_case else piece) else folded


def _doubles(book: RuleBook) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for rule in book.rules:
        same = seen.setdefault(repr((rule.clause, rule.when, rule.applies)), rule.id)
        if same != rule.id:
            yield Problem(rule.where, rule.id, f"asks the same as {same}: a reply pays twice")


def _failing(book: RuleBook) -> Iterator[Problem]:
    """Rules with a check of the book's own that fails on an example of their clause, each named once."""
    for _, rules in book.by_clause:
        examples = [example for rule in rules for example in rule.examples]
        for rule in rules:
            if "python" in kinds(rule) and (problem := _failure(rule, examples, book)):
                yield problem


def _failure(rule: Rule, examples: Sequence[Example], book: RuleBook) -> Problem | None:
    for example in examples:
        try:
            apply(rule, case_of(example, book))
        except InputError as error:
            shown = example.exchange.reply[:20]
            return Problem(rule.where, rule.id, f"{error.field}: {error.problem}, e.g. on {shown!r}; {error.remedy}")
    return None


def _conflicts(book: RuleBook) -> Iterator[Problem]:
    """Rules of one clause that praise and blame the same example."""
    for _, rules in book.by_clause:
        praising = [rule for rule in rules if rule.severity == "praise"]
        blaming = [rule for rule in rules if rule.severity in _RISING]
        for rule in praising:
            for other in blaming:
                both = [e for e in (*rule.examples, *other.examples) if _both_fire(e, rule, other, book)]
                if both:
                    shown = both[0].exchange.reply[:20]
                    yield Problem(rule.where, rule.id, f"praises what {other.id} blames, e.g. {shown!r}")


def _both_fire(example: Example, rule: Rule, other: Rule, book: RuleBook) -> bool:
    case = case_of(example, book)
    try:
        return bool(apply(rule, case).holds and apply(other, case).holds)
    except InputError:  # told by _failing
        return False
