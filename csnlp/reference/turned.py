"""What looks like the standard answer and may say the reverse: its words in another order, or one of them swapped.

60岁以下免票 has the numbers of 60岁以上免票, 外套可退内衣不退 the words of 内衣可退外套不退. Neither is contradicted by
this, since the rest of the texts may explain it; such a reply is in doubt, so that it is not borne out.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain, takewhile

from csnlp.reference.clauses import Passage, content
from csnlp.reference.compare import kind
from csnlp.reference.context import MAX_QUANTITIES
from csnlp.reference.result import Judgement
from csnlp.text.quantities import Quantity

# Longer texts say more than one thing.
_MOST_CHARS = 60
# Characters that neither side needs to have: the customer, the shop, modals of what may be done.
_LIGHT = frozenset("您你我们咱亲哦呢的了哈呀啊吧嘛噢喔哟吗就都也会可以能得这是本店请在")
_TOLD = re.compile("[\u4e00-\u9fff]|[0-9]+(?:\\.[0-9]+)?|[a-z]+")
# A word has so many characters; of what is swapped, one on each side is one way to say the same (发出, 发货).
_WORD, _MOST_WORD = 2, 3
_LEAST = 2
# Characters that make the opposite of a word by themselves: 上班 and 下班, 老客 and 新客.
_OPPOSED = {
    pair
    for one, other in re.findall(
        "(.)(.)", "上下前后左右内外先后大小多少长短高低早晚老新男女单双冷热干湿开关买卖生熟正反"
    )
    for pair in ((one, other), (other, one))
}
_ORDINAL = re.compile("[一二三四五六七八九十]+")
_REACH = 30
_DENIAL = re.compile("[不没未无非别免]")
_AFTER = re.compile("(?:以|之)?后|以外|之外|外")


def judge_turned(said: Passage, due: Passage) -> list[Judgement]:
    """Doubts about what the reply ``said`` has in common with ``due``, the standard answer."""
    doubts = [*_opposed_limits(said, due)]
    if (
        len(said.text) <= _MOST_CHARS
        and len(due.text) <= _MOST_CHARS
        and (_is_reordered(said, due) or _has_one_word_swapped(said, due))
    ):
        doubts.append(Judgement(0, len(said.text), False, due.text, doubt=True))
    return doubts


def _told(text: str) -> list[str]:
    return [word for word in _TOLD.findall(text) if word not in _LIGHT]


def _is_reordered(said: Passage, due: Passage) -> bool:
    """Whether it has all its words and no other, in another order, which is not but that of the clauses."""
    ours, theirs = ([_told(passage.of(clause)) for clause in passage.clauses] for passage in (said, due))
    mine, its = list(chain.from_iterable(ours)), list(chain.from_iterable(theirs))
    if mine == its or Counter(mine) != Counter(its):
        return False
    return sorted(filter(None, ours)) != sorted(filter(None, theirs))


def _has_one_word_swapped(said: Passage, due: Passage) -> bool:
    """Whether it is the same but for one word, which has no character in common with what stands there."""
    ours, theirs = _told(said.text), _told(due.text)
    before = _shared(ours, theirs)
    ours, theirs = ours[before:], theirs[before:]
    behind = _shared(ours[::-1], theirs[::-1])
    mine, its = ours[: len(ours) - behind], theirs[: len(theirs) - behind]
    if before + behind < _LEAST:
        return False
    if (*mine, *its) in _OPPOSED or all(_ORDINAL.fullmatch("".join(word)) for word in (mine, its)):
        return True
    return all(_WORD <= len(word) <= _MOST_WORD for word in (mine, its)) and set(mine).isdisjoint(its)


def _shared(ours: list[str], theirs: list[str]) -> int:
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(ours, theirs, strict=False))))


def _opposed_limits(said: Passage, due: Passage) -> list[Judgement]:
    """Limits that stand where the standard answer has the opposite one of the same number, with the same beside it."""
    found = []
    ours, theirs = said.quantities[:MAX_QUANTITIES], due.quantities[:MAX_QUANTITIES]
    for limit in ours:
        side = _side(said, limit)
        if not side:
            continue
        same = [other for other in theirs if kind(other) == kind(limit) and _end(other) == _end(limit)]
        if (
            same
            and all(_side(due, other) == -side for other in same)
            and any(_is_beside(said, limit, due, other) for other in same)
        ):
            found.append(Judgement(limit.start, limit.end, False, due.text[same[0].start : same[0].end], doubt=True))
    return found


def _side(passage: Passage, limit: Quantity) -> int:
    """1 for what is more or later (3天后), -1 for what is less or sooner, 0 for no limit."""
    if _AFTER.match(passage.text, limit.end) or (
        kind(limit) == "duration" and passage.text.startswith("前", limit.end)
    ):
        return 1
    return limit.at_least - limit.at_most


def _end(limit: Quantity) -> float:
    return limit.high if limit.at_most else limit.low


def _is_beside(said: Passage, limit: Quantity, due: Passage, other: Quantity) -> bool:
    """Whether the same is said beside both limits: a word or a number, as often denied."""
    mine, its = _beside(said, limit), _beside(due, other)
    if len(_DENIAL.findall(mine)) != len(_DENIAL.findall(its)):
        return False
    return not (content(mine).isdisjoint(content(its)) and set(_TOLD.findall(mine)).isdisjoint(_TOLD.findall(its)))


def _beside(passage: Passage, limit: Quantity) -> str:
    clause = passage.clause_at(limit.start)
    start, end = max(clause.start, limit.start - _REACH), min(clause.end, limit.end + _REACH)
    return f"{passage.text[start : limit.start]} {passage.text[limit.end : end]}"
