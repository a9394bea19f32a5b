"""Facts in words that settle a yes or no: policies (充电头=不含), ranges (尺码=35-40), complete lists (颜色=黑、白)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from csnlp.reference.clauses import Passage, content
from csnlp.reference.compare import agrees, kind
from csnlp.reference.result import Judgement
from csnlp.rules.fact_polar import (
    Question,
    about,
    common,
    first_clause,
    is_elsewhere,
    polar_question,
    polar_reply,
    shares,
)
from csnlp.rules.facts import Fact
from csnlp.text.fold import fold_text
from csnlp.text.quantities import Quantity

_NO = re.compile("(?:不(?:支持|含|可以?|提供|允许|能|带|包|送|建议|推荐|配)|无(?!理由|线|损|忧|添加))(?P<rest>.{0,12})")
_NEED = re.compile("需(?:要)?(?P<rest>(?:另|自|单独).{1,10})")
_YES = re.compile("(?:支持|可以?(?!选)|含|包(?!装|邮)|赠?送|提供|有|免费(?=[0-9一两二三]次))(?P<rest>.{0,12})")
# What bounds a policy to a case: 充值成功不退, 支持7天退换.
_BOUND = re.compile("(?<!免费)[0-9]|满|前|后|(?<!入)内|超|除|仅|限|首|成功|部分|如|若")
_ITEMS = re.compile("[、/,和或及与]")
# Two acts in one word.
_ACTS = re.compile("退(?=[改换])")
_SUITS = re.compile("适用|适合|年龄|月龄|身高|体重|码|面积")
_SIZES = re.compile("([0-9]{2})码?[-~到至]([0-9]{2})码?")
_SIZE = re.compile("(?<![0-9])([0-9]{2})(?![0-9])码?")
_LETTERS = ("xxs", "xs", "s", "m", "l", "xl", "2xl", "3xl", "4xl", "5xl", "6xl")
_LETTER = re.compile("(?<![a-z0-9])(?:x{0,5}[sl]|[2-6]xl|m)(?![a-z0-9])")
_HUE = re.compile("[深浅淡亮暗墨天藏军酒奶玫]?([黑白红蓝绿黄灰紫粉棕橙米咖青])色?")
_ASKED_HUE = re.compile("[深浅淡亮暗墨天藏军酒奶玫]?(?P<base>[黑白红蓝绿黄灰紫粉棕橙])(?:色|(?=的))")
_TASTE = re.compile("[^\\W\\d_]{1,3}")
_ASKED_TASTE = re.compile("(?P<base>[^\\W\\d_有是没的吗]{1,3})味")
# Of each, one only is true of a thing.
_SWAPS = ("红青茶黑白银黄绿蓝紫粉灰橙", "鸡鸭鹅牛羊猪鱼兔鹿虾", "软硬", "厚薄")
_HAS = re.compile("有|现货|能拍")


_FIGURE = re.compile("[0-9]+")
# What is due, and in which of both cases a reply that differs contradicts it.
Verdict: TypeAlias = tuple[bool, frozenset[bool]]
_BOTH, _ONLY_NO = frozenset((True, False)), frozenset((False,))


@dataclass(frozen=True, slots=True)
class Policy:
    """What a fact grants, denies or (``must``) leaves to the customer: of ``items``, () for itself."""

    yes: bool
    must: bool
    items: tuple[str, ...]


def judge_worded(said: Passage, asked: Passage, facts: Sequence[Fact]) -> Iterator[Judgement]:
    """The judgement on a plain yes or no to a question that exactly one of the ``facts`` settles."""
    question = polar_question(asked)
    if question is None:
        return
    due = [(fact, verdict) for fact in facts if (verdict := _due(fact, question, asked)) is not None]
    if len(due) != 1:
        return
    fact, (yes, sure) = due[0]
    reply = polar_reply(said, question, fact.names[0])
    if reply is None or not _figures(said.text[reply.start : reply.end]) <= _figures(question.text):
        return  # 40码也能穿 of 43码
    right = reply.yes == yes
    # What is not to be had now may be sold out, though listed; what comes at a price comes not with it.
    policy = _policy(fact)
    exists = question.exists and policy is not None and not policy.items
    paid = policy is not None and reply.extra and (question.given or question.must)
    if right or (yes in sure and not (exists or paid or reply.other)):
        yield Judgement(reply.start, reply.end, right, fact.shown, fact.key)


def judge_swapped(said: Passage, asked: Passage, facts: Sequence[Fact]) -> Iterator[Judgement]:
    """The judgement on a word that is the fact's but for one character of a kind (青轴 for 红轴), where asked for."""
    clause = first_clause(said)
    if clause is None or is_elsewhere(said, clause):
        return
    asks = about(asked.text) - frozenset("种")
    for fact in facts:
        word = fact.value[0] if isinstance(fact.value, tuple) and len(fact.value) == 1 else ""
        for swaps in _SWAPS if 1 < len(word) <= 4 and word not in said.text else ():
            kept = "".join(char for char in word if char not in swaps)
            own = content(fact.names[0] + kept)
            if len(word) - len(kept) != 1 or not asks & own or asks - own:
                continue
            pattern = "".join(f"[{swaps}]" if char in swaps else re.escape(char) for char in word)
            found = re.fullmatch(f"(?P<before>.*?)(?P<word>{pattern})(?P<rest>.{{0,6}})", said.of(clause))
            if found and not about(found["before"] + found["rest"]) - own:
                start = clause.start + found.start("word")
                yield Judgement(start, start + len(word), False, fact.shown, fact.key)


def _figures(text: str) -> frozenset[str]:
    return frozenset(_FIGURE.findall(text))


def _due(fact: Fact, question: Question, asked: Passage) -> Verdict | None:
    """What is due, and which verdicts a reply that differs contradicts; None where the fact settles nothing."""
    if isinstance(fact.value, bool):
        return _policy_due(Policy(fact.value, False, ()), fact, question) if len(question.names) > 1 else None
    policy = _policy(fact)
    if policy is not None:
        return _policy_due(policy, fact, question)
    if question.must:
        return None
    for reading in (_range_due, _size_due, _list_due, _suits_due):
        if (found := reading(fact, question, asked)) is not None:
            return found
    return None


@lru_cache(maxsize=256)
def _policy(fact: Fact) -> Policy | None:
    """The policy that a fact in words is, if that is all it says."""
    shown = fold_text(fact.shown)
    if not isinstance(fact.value, tuple) or _BOUND.search(shown):
        return None
    for pattern, yes, must in ((_NEED, False, True), (_NO, False, False), (_YES, True, False)):
        if (match := pattern.fullmatch(shown)) is not None:
            parts = _ITEMS.split(_ACTS.sub("退、", match["rest"]))
            items = tuple(common(part) for part in parts if _told(part))
            return Policy(yes, must, items)
    return None


def _policy_due(policy: Policy, fact: Fact, question: Question) -> Verdict | None:
    """A grant of what is narrower grants what was asked (电子发票); a denial of that does not deny it all."""
    if (question.must and not policy.must) or (policy.must and not question.must and "自" in question.text):
        return None  # 能自己装吗 of 需自行安装
    name = content("".join(fact.names))
    asks = question.names - frozenset("吃喝")
    if not asks:
        return None
    items = [_told(item) for item in policy.items]
    if policy.must:
        fits = asks <= name.union(*items, "买装另线自")
    elif policy.yes or not items:
        fits = asks <= name.union(*items)
    else:
        fits = any(asks <= name | item and item <= asks for item in items)
    fits = fits and (
        asks in items or shares(question.text, (*fact.names, *policy.items)) or _is_head(question, fact, policy)
    )
    return (question.must or policy.yes, _BOTH) if fits else None


def _told(item: str) -> frozenset[str]:
    """What the item of a policy names; nothing, where it only says what is done with the thing (不可携带)."""
    return about(common(item)) - frozenset("携入使行住内食")


def _is_head(question: Question, fact: Fact, policy: Policy) -> bool:
    """Whether it names the thing by its last character only: 带盆吗 of 花盆."""
    heads = "".join(re.escape(word[-1]) for word in (fact.names[0], *policy.items))
    return re.search(f"[带送有含包能以要配买己][{heads}]", question.text) is not None


def _range_due(fact: Fact, question: Question, asked: Passage) -> Verdict | None:
    """Whether the one amount that was asked for lies in the range of what it suits: 一岁能玩吗."""
    value = fact.value
    if not isinstance(value, Quantity) or value.low == value.high or not _SUITS.search(fact.key):
        return None
    named = [quantity for quantity in asked.quantities if kind(quantity) == kind(value)]
    if len(named) != 1 or len(asked.quantities) != 1 or named[0].at_most or named[0].at_least:
        return None
    rest = asked.text[: named[0].start] + asked.text[named[0].end :]
    if _others(rest, fact, "玩穿吃喝坐戴合适房间屋"):
        return None
    inside = agrees(named[0], value)
    return None if inside is None else (inside, _BOTH)


def _size_due(fact: Fact, question: Question, asked: Passage) -> Verdict | None:
    """Whether the size that was asked for is one of those made: 43码有吗, 有3XL吗."""
    shown = fold_text(fact.shown)
    if "码" not in fact.key or not _HAS.search(asked.text):
        return None
    if (span := _SIZES.fullmatch(shown)) and len(named := list(_SIZE.finditer(asked.text))) == 1:
        inside = int(span[1]) <= int(named[0][1]) <= int(span[2])
    elif len(ends := _LETTER.findall(shown)) == 2 and len(named := list(_LETTER.finditer(asked.text))) == 1:
        first, last, own = (_LETTERS.index(_letter(word)) for word in (*ends, named[0][0]))
        if re.fullmatch(r"[a-z0-9]+[-~到至][a-z0-9]+码?", shown) is None:
            return None
        inside = first <= own <= last
    else:
        return None
    rest = asked.text[: named[0].start()] + asked.text[named[0].end() :]
    return None if _others(rest, fact, "码尺号大") else (inside, _ONLY_NO)


def _letter(word: str) -> str:
    """The size as the list has it: 2xl for xxl."""
    return f"{word.count('x')}xl" if word.endswith("l") and word.count("x") > 1 else word.replace("xxxs", "xxs")


def _list_due(fact: Fact, question: Question, asked: Passage) -> Verdict | None:
    """Whether the colour or flavour that was asked for is one of those listed: 有红色吗."""
    if not isinstance(fact.value, tuple) or len(fact.value) < 2 or not _HAS.search(asked.text):
        return None
    for key, listed, pattern in (("色", _HUE, _ASKED_HUE), ("味", _TASTE, _ASKED_TASTE)):
        named = list(pattern.finditer(asked.text)) if key in fact.key else []
        if len(named) == 1 and all(listed.fullmatch(word) for word in fact.value):
            base = named[0]["base"]
            if named[0][0][0] != base[0] and not any(base in word for word in fact.value):
                return None  # 玫红色 may be the 粉色 listed
            stems = [word.removesuffix(key) for word in fact.value]
            whole = any(base in stem or stem in base for stem in stems)
            if not whole and (key == "味" and (len(base) < 2 or not set(base).isdisjoint("".join(stems)))):
                return None  # 甜味 may be any, 五香 one of 香辣
            rest = asked.text[: named[0].start()] + asked.text[named[0].end() :]
            return None if _others(rest, fact, "") else (whole, _ONLY_NO)
    return None


def _suits_due(fact: Fact, question: Question, asked: Passage) -> Verdict | None:
    """Whether it suits what was asked for, which is one of those that it is said to suit: 油皮能用吗."""
    if not isinstance(fact.value, tuple) or not fact.key.startswith(("适用", "适合")):
        return None
    named = [word for word in fact.value if word in asked.text]
    if len(named) != 1 or _others(asked.text.replace(named[0], ""), fact, ""):
        return None
    return True, _BOTH


def _others(text: str, fact: Fact, more: str) -> Set[str]:
    """What ``text`` names besides the fact."""
    return about(text) - content("".join(fact.names)) - frozenset(more) - frozenset("现货拍想问")
