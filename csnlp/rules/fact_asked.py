"""The number that answers a question for a kind of quantity, where one fact has such a number: 几升的, 能放多久."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from csnlp.reference.clauses import Passage, content, is_exception, is_stated, read
from csnlp.reference.compare import agrees, kind
from csnlp.reference.context import MAX_QUANTITIES
from csnlp.reference.result import Judgement
from csnlp.rules.fact_polar import about, is_for_now, is_other, shares
from csnlp.rules.fact_scope import is_value
from csnlp.rules.facts import Fact
from csnlp.text.fold import fold_text
from csnlp.text.quantities import Quantity
from csnlp.text.quantity_numbers import parse_number

# kind of quantity → what asks for it, and what facts of it are called that may be asked for without their names. Times
# and sums are of too many things for that.
_KINDS: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (dimension, re.compile(asks), re.compile(called or "(?!)"))
    for dimension, asks, called in (
        ("mass", "多重|多沉|(?:几|多少)(?:公?斤|千?克|两|g|kg)装?", "含量|净重|重量|规格"),
        ("volume", "(?:几|多少)(?:毫?升|ml|l)装?|多大|多少容量|容量多少", "规格|容量|含量"),
        ("length", "(?:几|多少)(?:英?寸|厘米|公分|米|cm)|多大", "屏|尺寸"),
        *(("length", f"多{measure}", measure) for measure in "高厚长宽"),
        ("area", "(?:几|多少)(?:平米?|平方米?)|多大", "面积|房型"),
        ("charge", "多大|多少毫安|多少", "电池|电量"),
        ("capacity", "多大|(?:几个?|多少)[gt]b?|多少", "存储|内存|容量|流量"),
        ("power", "(?:几|多少)瓦|多大功率|功率多[大少]", "功率"),
        ("duration", "多久|多长时间?|几(?:天|年|周|个?月|个?小时|个?钟|分钟)", ""),
        ("discount", "几折|多少折|打折", "^折"),
        ("money", "多少钱?|怎么收费?|几块钱?|要钱|收费|收钱|怎么算", ""),
        ("rank:日", "几[号日]|哪一?[天日]", "日"),
        *((f"rank:{unit}", f"第?几{unit}", f"[{unit}效本位号等]") for unit in "级版代段"),
    )
)
_RANK = re.compile(
    "(?:每个?月|(?<![0-9.月]))第?(?P<number>[0-9]{1,2}|[一二三四五六七八九十]{1,3})(?P<unit>[级版代段号日])"
)
# A sum of money without its unit: 押金两百.
_SUM = re.compile(
    r"(?<![0-9.a-z])(?:[0-9]{1,6}(?:\.[0-9]{1,2})?"
    "|[一二两三四五六七八九十百千]{2,6}?(?=一[个件张间位]|[^一二两三四五六七八九十百千万]|$))(?![0-9.a-z号日年月点])"
)
# Parts of a value that have numbers of their own: 成人票120元、儿童票60元.
_PARTS = re.compile("[、,;]")
_LABEL = re.compile("(?!.*[前后首次另加超满每起])[^\\W\\d_]{2,6}")
# By what it is asked for how long, without its name.
_VERBS = (
    (re.compile("放|存|过期"), re.compile("保质|有效")),
    (re.compile("做|出"), re.compile("定制|制作|工期|生产")),
    (re.compile("用|听"), re.compile("续航|待机")),
    (re.compile("还"), re.compile("还款")),
)
# 一包, as what it is asked or told for; more than one (三包) make another number.
_EACH = re.compile(
    "(?:[一1每]|(?<![0-9一二两三四五六七八九十]))[个件只条盒瓶袋包双套张台箱罐桶支晚份次回](?!装)"
    "|[一每]个?(?:天|小时|月)"
)
_TELLS = frozenset("净重含打先成大小量装屏才只卖每做放存听用出就行约整概共够久时候现说钱收得付还到算这概多少")
# What a value in words may add to its number.
_NO_MATTER = frozenset("装内赔效")
_RATE = re.compile("[/每一]")
_MOST = 30
# A smaller or larger article of its own (小瓶30毫升), or one of two measures (60*40厘米).
_SIZED = re.compile("[大小中]|[*x×]$")


def judge_asked(said: Passage, asked: Passage, facts: Sequence[Fact]) -> Iterator[Judgement]:
    """The judgement on the number of the kind that was asked for, where exactly one of ``facts`` has one.

    Several facts of that kind: the one that both question and reply name. All that the clause of the number says is
    what the question or the fact's name did.
    """
    text = " ".join(asked.of(clause) for clause in asked.clauses).strip(" ?")
    for dimension, asks, called in _KINDS if len(text) <= _MOST else ():
        match = asks.search(text)
        holders = [part for fact in facts for part in _parts(fact) if dimension in _kinds(part)] if match else []
        rest = asks.sub(" ", text)
        fitting = [fact for fact in holders if _fits(fact, rest, called)]
        if len(fitting) == 1 and len(_kinds(fitting[0])[dimension]) == 1:
            fact = fitting[0]
            meant = len(holders) == 1 or shares(rest, fact.names) or _is_asked_by_verb(fact, rest)
            yield from _judged(said, text, fact, _kinds(fact)[dimension][0], named=not meant)


@lru_cache(maxsize=256)
def _parts(fact: Fact) -> tuple[Fact, ...]:
    """The fact, or the parts of its value that each have a name and a number: 通用30GB，定向20GB."""
    found = []
    for part in _PARTS.split(fold_text(fact.shown)) if isinstance(fact.value, tuple) else ():
        inside = read(part).quantities
        label = _LABEL.fullmatch(part, 0, inside[0].start) if len(inside) == 1 else None
        if label and inside[0].end == len(part):
            found.append(replace(fact, names=(label[0],), value=inside[0], shown=part))
    return tuple(found) or (fact,)


@lru_cache(maxsize=256)
def _kinds(fact: Fact) -> dict[str, list[Quantity]]:
    """The quantities of the fact's value, by kind; a value in words may hold one, too (10斤装, but not 2年保)."""
    found: dict[str, list[Quantity]] = {}
    passage = read(fact.shown)
    every = [] if isinstance(fact.value, bool) else [*passage.quantities, *_ranks(passage)]
    rest = passage.text
    for quantity in every:
        found.setdefault(kind(quantity), []).append(quantity)
        rest = rest.replace(passage.text[quantity.start : quantity.end], " ")
    own = content("".join((fact.key, *fact.names))) | _NO_MATTER
    return found if isinstance(fact.value, Quantity) or about(_EACH.sub(" ", rest)) <= own else {}


def _ranks(passage: Passage) -> Iterator[Quantity]:
    """Places in an order, which are no amounts: 第8版, 一级, 每月25日."""
    for match in _RANK.finditer(passage.text):
        number = parse_number(match["number"])
        if number is not None:
            unit = match["unit"].replace("号", "日")
            yield Quantity(*match.span(), f"rank:{unit}", *number, unit=unit)


def _fits(fact: Fact, rest: str, called: re.Pattern[str]) -> bool:
    """Whether the question asks for the fact: what else it says names it, or at least nothing else."""
    if _is_asked_by_verb(fact, rest):
        return True
    if about(_EACH.sub(" ", rest)) - content(fact.names[0]) - frozenset("卖说内交付打"):
        return False
    return shares(rest, fact.names) or called.search(fact.key) is not None


def _is_asked_by_verb(fact: Fact, rest: str) -> bool:
    """Whether the question says only what is done with the thing for that time: 能放多久."""
    bare = _EACH.sub(" ", rest)
    own = content(fact.names[0]) | _TELLS
    return any(
        names.search(fact.key) and asks.search(bare) and not about(asks.sub(" ", bare)) - own for asks, names in _VERBS
    )


def _judged(said: Passage, asked: str, fact: Fact, value: Quantity, *, named: bool) -> Iterator[Judgement]:
    """The judgement on the one number of that kind that the reply states, or on the one that agrees."""
    every = [*said.quantities[:MAX_QUANTITIES], *islice(_ranks(said), MAX_QUANTITIES)]
    alike = [quantity for quantity in every if kind(quantity) == kind(value)]
    if value.dimension == "money":
        alike += _sums(said)
    right = [quantity for quantity in alike if agrees(quantity, value)]
    plain = [quantity for quantity in right or alike if _is_plain(said, quantity, asked, fact, named=named)]
    if not plain or agrees(plain[0], value) is None:
        return
    now = value.dimension == "money" and is_for_now(said, said.clause_at(plain[0].start))
    limits = [limit for limit in (plain[0], value) if limit.at_least or limit.at_most]
    loose = len(limits) == 1  # 至少5小时 of 6小时
    if right or (len(alike) == 1 and not now and not loose and not is_other(said, asked + fact.key)):
        yield Judgement(plain[0].start, plain[0].end, bool(right), fact.shown, fact.key)


def _sums(said: Passage) -> Iterator[Quantity]:
    """What may be sums without their unit."""
    taken = [(quantity.start, quantity.end) for quantity in said.quantities[:MAX_QUANTITIES]]
    for match in islice(_SUM.finditer(said.text), MAX_QUANTITIES):
        number = parse_number(match[0])
        if number and number[0] == number[1] and not any(s < match.end() and match.start() < e for s, e in taken):
            yield Quantity(*match.span(), "money", *number, unit="元")


def _is_plain(said: Passage, quantity: Quantity, asked: str, fact: Fact, *, named: bool) -> bool:
    """Whether its clause says no more than that the fact is so much."""
    clause = said.clause_at(quantity.start)
    before, behind = said.text[clause.start : quantity.start], said.text[quantity.end : clause.end]
    if len(before) + len(behind) > _MOST or _SIZED.search(before) or (named and not _names(fact, before + behind)):
        return False
    if "重量" in before and not _names(fact, before):
        return False  # it may be with its box
    inside = [q for q in said.quantities[:MAX_QUANTITIES] if clause.start <= q.start < clause.end]
    beside = [q for q in said.quantities[:MAX_QUANTITIES] if said.clause_at(q.start).sentence == clause.sentence]
    if any(q.dimension.startswith("count") and not q.low == q.high == 1 for q in beside):
        return False  # 一箱24瓶,8.4升
    others = [q for q in inside if kind(q) != kind(quantity) and not q.dimension.startswith("count")]
    if any(q.end - q.start > 2 or _RATE.search(fact.shown) for q in others):
        return False  # but 一天20块
    stated = is_stated(said, quantity) or behind.startswith("没问题")
    if not stated or not is_value(said, quantity, fact) or is_exception(said, quantity.start, "才能"):
        return False
    allowed = content(asked) | content("".join((fact.key, *fact.names))) | _TELLS | about(asked) | about(fact.key)
    return not about(_EACH.sub(" ", f"{before} {behind}")) - allowed


def _names(fact: Fact, text: str) -> bool:
    return any(name in text for name in fact.names)
