"""What a book is made of: the kinds of conditions in a rule, and what input they need."""

from __future__ import annotations

from collections.abc import Iterator

from csnlp.rules.book import Rule
from csnlp.rules.kinds.facts import ConfirmedByFact, ContradictsFact
from csnlp.rules.kinds.flow import Position, Sequence
from csnlp.rules.kinds.form import Form
from csnlp.rules.kinds.heads import ActIs, HeadIs
from csnlp.rules.kinds.links import Link
from csnlp.rules.kinds.plugin import PythonCheck
from csnlp.rules.kinds.repeats import Circling, RepeatedReply, RepeatedSentence
from csnlp.rules.kinds.similar import SimilarTo
from csnlp.rules.kinds.text import LexiconMatch, RegexMatch
from csnlp.rules.kinds.timing import ReplyTimeOver
from csnlp.rules.kinds.typos import HasTypo
from csnlp.rules.verdict import AtLeast, Condition, Not

_CONTEXT = "context 上文"
_WHOLE = "whole conversation 完整会话"

KIND_NAMES: dict[type, str] = {
    LexiconMatch: "lexicon",
    RegexMatch: "regex",
    HeadIs: "head",
    ActIs: "act",
    Position: "position",
    Sequence: "sequence",
    ReplyTimeOver: "reply_time",
    Form: "format",
    Link: "link",
    RepeatedSentence: "repeat",
    Circling: "repeat",
    RepeatedReply: "repeat",
    HasTypo: "typo",
    ConfirmedByFact: "fact",
    ContradictsFact: "fact",
    SimilarTo: "similar",
    PythonCheck: "python",
}


def conditions(rule: Rule) -> Iterator[Condition]:
    """Every condition of ``rule`` that is not put together from others."""
    return (condition for condition in all_conditions(rule) if not isinstance(condition, AtLeast | Not))


def all_conditions(rule: Rule) -> Iterator[Condition]:
    """Every condition of ``rule``, and those that it is put together from."""
    left: list[Condition] = [rule.when] if rule.applies is None else [rule.when, rule.applies]
    while left:
        condition = left.pop()
        yield condition
        if isinstance(condition, AtLeast):
            left.extend(condition.parts)
        elif isinstance(condition, Not):
            left.append(condition.part)
        elif isinstance(condition, Sequence):
            left.extend((condition.first.condition, condition.then.condition))
        elif isinstance(condition, ReplyTimeOver) and condition.since is not None:
            left.append(condition.since)


def kinds(rule: Rule) -> tuple[str, ...]:
    """The names of the kinds in ``rule``, sorted."""
    return tuple(sorted({KIND_NAMES[type(condition)] for condition in conditions(rule)}))


def needs(rule: Rule) -> tuple[str, ...]:
    """What ``rule`` needs besides the reply: times, the whole conversation, facts, the turns before, a model."""
    found = {need for condition in conditions(rule) if (need := _need(condition))}
    return tuple(sorted(found))


def _need(condition: Condition) -> str:
    if isinstance(condition, ReplyTimeOver):
        return "times 时间"
    if isinstance(condition, ContradictsFact):
        return "facts 事实表" if condition.against == "table" else "reference 标准答案"
    if isinstance(condition, HeadIs | ActIs | SimilarTo):
        return "model 模型"
    if isinstance(condition, Position):
        return _CONTEXT if condition.position in ("first_reply", "later_reply") else _WHOLE
    if isinstance(condition, Sequence):  # what is missing after the agent's own words is looked for after the reply
        return _WHOLE if condition.missing and condition.first.role == "agent" else _CONTEXT
    if isinstance(condition, RepeatedReply):
        return _CONTEXT
    if isinstance(condition, Form):
        return _place_need(condition.place)
    if isinstance(condition, LexiconMatch | RegexMatch):
        return _place_need(condition.where.place)
    return ""


def _place_need(place: str) -> str:
    if place == "reply":
        return ""
    return _WHOLE if place.startswith("later_") else _CONTEXT
