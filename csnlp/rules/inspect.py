"""What a book is made of: the kinds of conditions in a rule, and what input they need."""

from __future__ import annotations

from collections.abc import Iterator

from csnlp.rules.book import Rule
from csnlp.rules.kinds.facts import ContradictsFact
from csnlp.rules.kinds.flow import Position, Sequence
from csnlp.rules.kinds.form import Form
from csnlp.rules.kinds.heads import ActIs, HeadIs
from csnlp.rules.kinds.links import Link
from csnlp.rules.kinds.plugin import PythonCheck
from csnlp.rules.kinds.repeats import RepeatedReply, RepeatedSentence
from csnlp.rules.kinds.similar import SimilarTo
from csnlp.rules.kinds.text import LexiconMatch, RegexMatch
from csnlp.rules.kinds.timing import ReplyTimeOver
from csnlp.rules.kinds.typos import HasTypo
from csnlp.rules.verdict import AtLeast, Condition, Not

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
    RepeatedReply: "repeat",
    HasTypo: "typo",
    ContradictsFact: "fact",
    SimilarTo: "similar",
    PythonCheck: "python",
}


def conditions(rule: Rule) -> Iterator[Condition]:
    """Every condition of ``rule`` that is not put together from others."""
    left: list[Condition] = [rule.when] if rule.applies is None else [rule.when, rule.applies]
    while left:
        condition = left.pop()
        if isinstance(condition, AtLeast):
            left.extend(condition.parts)
        elif isinstance(condition, Not):
            left.append(condition.part)
        else:
            if isinstance(condition, Sequence):
                left.extend((condition.first.condition, condition.then.condition))
            yield condition


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
    if isinstance(condition, Position) and condition.position in ("opening_reply", "last_reply", "earlier_reply"):
        return "whole conversation 完整会话"
    if isinstance(condition, Sequence) and condition.missing and condition.first.role == "agent":
        return "whole conversation 完整会话"
    if isinstance(condition, LexiconMatch | RegexMatch) and condition.where.place.startswith("later_"):
        return "whole conversation 完整会话"
    if isinstance(condition, LexiconMatch | RegexMatch) and condition.where.place != "reply":
        return "context 上文"
    return ""
