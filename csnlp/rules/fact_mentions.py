"""Where a text speaks of a fact."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from csnlp.reference.clauses import Passage, tells
from csnlp.reference.stance import SUBJECT_WORD
from csnlp.rules.facts import Fact

# A text that names more facts is no chat reply; this bounds the work for hostile text.
MAX_MENTIONS = 200
# What a question may add to one of those that only ask, and still ask nothing else.
_ADDS = re.compile(
    "请问|到底|大概|一共|总共|最后|最低|一[个件只条盒瓶袋包双套张台箱份斤]|[这那][个款件只条]|孩子|小孩|宝宝|小朋友|现在|"
    "[的了吗呢啊呀哦嘛要是能可以会给您你它就得卖货出到玩用穿水下单? ,]"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A fact's name at ``text[start:end]``."""

    start: int
    end: int
    fact: Fact


def in_scope(facts: Sequence[Fact], reply: str, asked: str) -> list[Fact]:
    """The facts of every product, and of the products that the reply names, or else the question."""
    products = {product for fact in facts for product in fact.products}
    named = {product for product in products if product in reply} or {p for p in products if p in asked}
    return [fact for fact in facts if not fact.products or named.intersection(fact.products)]


def mentions(facts: Sequence[Fact], text: str) -> list[Mention]:
    """Every fact's names in ``text``, in order; a name within a longer one (发货 in 发货快递) does not count."""
    found = []
    for fact in facts:
        for name in fact.names:
            start = text.find(name)
            while start >= 0:
                found.append(Mention(start, start + len(name), fact))
                start = text.find(name, start + len(name))
    found.sort(key=lambda mention: (mention.start, -mention.end))
    kept: list[Mention] = []
    for mention in found:
        last = kept[-1] if kept else None
        if last is None or mention.end > last.end or (mention.start, mention.end) == (last.start, last.end):
            kept.append(mention)
    return kept[:MAX_MENTIONS]


def wanted_by(facts: Sequence[Fact], asked: Passage) -> list[Mention]:
    """The facts that the question names, or asks for without their names and for nothing else: 多少钱."""
    found = mentions(facts, asked.text)
    for fact in facts:
        for words in fact.asked_by:
            start = asked.text.find(words)
            if start >= 0 and asks_only(asked, start, start + len(words), fact.products):
                found.append(Mention(start, start + len(words), fact))
    return found[:MAX_MENTIONS]


def asks_only(asked: Passage, start: int, end: int, products: Iterable[str]) -> bool:
    """Whether the clause of the question asks by ``text[start:end]`` and names nothing else but ``products``."""
    clause = asked.clause_at(start)
    rest = f"{asked.text[clause.start : start]} {asked.text[end : clause.end]}"
    for product in products:
        rest = rest.replace(product, "")
    return tells(_ADDS.sub("", SUBJECT_WORD.sub("", rest))) == 0
