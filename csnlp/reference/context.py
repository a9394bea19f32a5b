"""What the words around a quantity say it is of: 整机 of 整机质保6年, one night of 每晚100元."""

from __future__ import annotations

import re
from dataclasses import dataclass

from csnlp.reference.clauses import Passage, content, words
from csnlp.reference.compare import kind
from csnlp.text.quantities import Quantity
from csnlp.text.quantity_units import unit_at

# A text that states more is no chat reply; this bounds the work for hostile text.
MAX_QUANTITIES = 50
# Characters on each side that can say what a quantity is of.
_REACH = 40
# Closeness that makes two quantities speak of one thing: one shared word, or two shared characters.
RELATED = 2

# Words that chats swap freely, made the same.
_SAME = (("礼拜", "周"), ("星期", "周"), ("质保", "保修"), ("时长", "时间"))
_EACH = re.compile("每个?")
_ONE = re.compile(r"[一每1](?![0-9.百千万])")
_TIES = frozenset("是为在有要约到收了共的才只就都能可按得给您")


@dataclass(frozen=True, slots=True)
class Told:
    """A quantity and its context.

    ``words`` are pairs of characters, Latin words and the amount that it is per; ``head`` is the character right
    before it (长 of 长210厘米), if that tells anything; ``per`` tells the day of 一天三次.
    """

    quantity: Quantity
    words: frozenset[str]
    chars: frozenset[str]
    head: str
    per: bool

    def closeness(self, other: Told) -> int:
        """How much the two contexts share."""
        same_head = self.head != "" and self.head == other.head
        return 2 * len(self.words & other.words) + len(self.chars & other.chars) + same_head


def told(passage: Passage) -> list[Told]:
    """The passage's quantities with their contexts."""
    return [_told_at(passage, number) for number in range(min(len(passage.quantities), MAX_QUANTITIES))]


def _told_at(passage: Passage, number: int) -> Told:
    """The context is what stands before it, from the last quantity on, and what stands behind the clause's last one."""
    text, quantity = passage.text, passage.quantities[number]
    clause_number = passage.clause_number(quantity.start)
    clause = passage.clauses[clause_number]
    last = passage.quantities[number - 1] if number else None
    following = passage.quantities[number + 1] if number + 1 < len(passage.quantities) else None
    labels = set()
    start = clause.start
    if last and last.start >= clause.start:
        start = last.end
        labels.add(label(last))
    before = text[max(start, quantity.start - _REACH) : quantity.start]
    behind = text[quantity.end : min(clause.end, quantity.end + _REACH)]
    if following and following.start < clause.end:
        if following.start == quantity.end:
            labels.add(label(following))  # 5元1GB
        behind = "" if content(before) else behind[: following.start - quantity.end]
    context = f"{before} {behind}"
    carried = passage.clauses[clause_number - 1] if clause_number else clause
    if not content(context) and carried is not clause and carried.sentence == clause.sentence:
        context = text[max(carried.start, carried.end - _REACH) : carried.end]
        if last and last.start >= carried.start:
            labels.add(label(last))
    for spelt, same in _SAME:
        context = context.replace(spelt, same)
    head = before.rstrip(" :").rstrip("".join(_TIES))[-1:]
    return Told(
        quantity,
        words(context) | labels | _rates(context),
        content(context),
        head if content(head) else "",
        per=_ONE.match(text, quantity.start) is not None and _is_priced(text, quantity, last, following),
    )


def _is_priced(text: str, quantity: Quantity, last: Quantity | None, following: Quantity | None) -> bool:
    """Whether another number stands at once behind it (一天3次, 一个小时50), of a time also before it (60一天)."""
    if (following is not None and following.start == quantity.end) or text[quantity.end : quantity.end + 1].isdigit():
        return True
    if kind(quantity) != "duration":
        return False
    return (last is not None and last.end == quantity.start) or text[max(0, quantity.start - 1)].isdigit()


def label(quantity: Quantity) -> str:
    """The amount as a word of the context of those beside it."""
    return f"{kind(quantity)} {quantity.low:g} {quantity.high:g}"


def _rates(text: str) -> set[str]:
    """每天, 每件 as the label that 一天, 一件 would give."""
    found = set()
    for each in _EACH.finditer(text):
        if hit := unit_at(text, each.end()) or unit_at(text, each.end() - 1):
            unit = hit[0]
            found.add(f"{unit.dimension} {unit.low:g} {unit.high:g}")
    return found
