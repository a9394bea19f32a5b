"""The shop's fact table: what a reply must agree with (clauses P3.1 and N3.1).

A YAML or JSON file with a list under ``facts``. Each fact has a ``key``, the ``names`` that chats call it by, and
either ``value``, a quantity (``48小时内``, ``3斤``) or ``yes``/``no`` for a policy (包邮, 开发票), or ``text``, the
accepted words (发货快递: 中通, 圆通; 充电头: 不含; 尺码: 35-40), with ``wrong``, words that would be untrue (顺丰).
``product`` limits the fact to chats about one of these products.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from csnlp.errors import ConfigError
from csnlp.reference.clauses import read
from csnlp.rules.fact_names import other_names
from csnlp.rules.reader import Entry, read_yaml
from csnlp.text.fold import fold_text
from csnlp.text.quantities import Quantity

Value: TypeAlias = Quantity | bool | tuple[str, ...]

_YES = ("yes", "true", "是", "有", "可以", "支持")
_NO = ("no", "false", "否", "没有", "不可以", "不支持", "无")
# One character stands in too many words to name a fact.
MIN_NAME = 2
_WORD = re.compile(r"\w")
_LIST = re.compile("[、／]|/|或")
# What a quantity may have beside it: what it is counted by (元/件, 每月, 每公斤), and words that change nothing.
_NO_MATTER = re.compile(r"[/每](?:小时|分钟|公斤|毫升|平米|平方米?|千克|个月|kg|ml|cm|[^\W\d_])|约为?|仅|共|含|是|为")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. ``value`` is a quantity, a policy (True: the shop does it) or the accepted texts.

    ``names``, ``products``, texts and ``wrong`` are folded (:func:`csnlp.text.fold.fold_text`); ``shown`` is the value
    as the shop wrote it. ``asked_by`` are words that ask for it without naming it (多少钱 for 价格).
    """

    key: str
    names: tuple[str, ...]
    value: Value
    shown: str
    products: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    asked_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FactTable:
    """The facts of one shop, in the file's order."""

    facts: tuple[Fact, ...]

    @property
    def digest(self) -> str:
        """A short hash of the facts."""
        return hashlib.sha256(repr(self.facts).encode()).hexdigest()[:16]

    def __len__(self) -> int:
        return len(self.facts)


def load_facts(path: str | Path) -> FactTable:
    """The fact table in the YAML or JSON file ``path``.

    Raises :class:`csnlp.errors.ConfigError`, naming file, line, fact and what is allowed.
    """
    body = read_yaml(Path(path))
    facts = tuple(_fact(entry, number) for number, entry in enumerate(body.entries("facts"), 1))
    body.done()
    if not facts:
        raise body.error("facts", "the list is empty; give at least one fact")
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for fact in facts:
        if (fact.key, fact.products) in seen:
            raise body.error("facts", f"the key {fact.key!r} stands here twice for the same products")
        seen.add((fact.key, fact.products))
    return FactTable(_named(facts))


def table_of(values: Mapping[str, str]) -> FactTable:
    """A table made from name → value: a quantity, yes or no, or else the accepted texts, which 、, / or 或 parts.

    Raises :class:`csnlp.errors.ConfigError` for a name that is too short or a value that is empty.
    """
    facts = []
    for name, shown in values.items():
        value = _parsed(shown)
        if len(fold_text(name)) < MIN_NAME or not fold_text(shown):
            raise ConfigError(f"fact {name!r}: expected a name of at least {MIN_NAME} characters and a value")
        facts.append(Fact(name, (fold_text(name),), _listed(shown) if value is None else value, shown))
    return FactTable(_named(facts))


def _listed(shown: str) -> tuple[str, ...]:
    """The accepted words of 黑色、白色."""
    return tuple(word for part in _LIST.split(shown) if (word := fold_text(part)))


def _named(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """``facts`` with what else chats call them, but for what a fact of another key is called, or may be."""
    extra = [other_names(fact.names) for fact in facts]
    keys: dict[str, set[str]] = {}
    for fact, (names, asked_by) in zip(facts, extra, strict=True):
        for name in (*fact.names, *names, *asked_by):
            keys.setdefault(name, set()).add(fact.key)
    found = []
    for fact, more in zip(facts, extra, strict=True):
        names, asked_by = ([name for name in part if len(keys[name]) == 1] for part in more)
        found.append(replace(fact, names=(*fact.names, *names), asked_by=tuple(asked_by)))
    return tuple(found)


def _fact(entry: Entry, number: int) -> Fact:
    key = entry.text("key")
    entry.name = f"fact {number} ({key})"
    names = _words(entry, "names", (key,))
    if short := [name for name in names if len(name) < MIN_NAME]:
        raise entry.error("names", f"{short[0]!r} is too short to tell; use at least {MIN_NAME} characters")
    products, wrong = _words(entry, "product", ()), _words(entry, "wrong", ())
    shown, texts = entry.text("value", ""), _words(entry, "text", ())
    entry.done()
    if bool(shown) == bool(texts):
        raise entry.error("value", "give either value (a quantity, or yes or no) or text (the accepted words)")
    if texts:
        return Fact(key, names, texts, "、".join(texts), products, wrong)
    if wrong:
        raise entry.error("wrong", "belongs to text, not to value")
    value = _parsed(shown)
    if value is None:
        raise entry.error(
            "value",
            f"expected one quantity such as 48小时内 or 3斤, or yes or no, found {shown!r}; words go in text",
        )
    return Fact(key, names, value, shown, products)


def _words(entry: Entry, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
    words = tuple(fold_text(word) for word in entry.texts(key, default))
    if not all(words):
        raise entry.error(key, "an empty text")
    return words


def _parsed(value: str) -> Quantity | bool | None:
    word = fold_text(value)
    if word in _YES or word in _NO:
        return word in _YES
    passage = read(value)
    if len(passage.quantities) != 1:
        return None
    (found,) = passage.quantities
    around = passage.text[: found.start], passage.text[found.end :]
    # Words left over could turn it round (不支持7天无理由退货) or be another fact (现货当天发,预售7天).
    return None if any(_WORD.search(_NO_MATTER.sub("", side)) for side in around) else found
