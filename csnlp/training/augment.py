"""Small changes to an exchange, so that a model does not lean on accidents; its labels stay as they are.

Research sets mask numbers and names (``[数字x]``, ``#E-s[数字x]``): real chats have the real thing, so the masks are
filled half of the time. A reply is sometimes judged without its context, and people mistype. Where there is a
reference, figures and conditions change (:mod:`csnlp.training.contradict`): the one change that does alter a label.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace

from csnlp.heads import OF_CUSTOMER
from csnlp.training.contradict import vary_reference
from csnlp.training.examples import Example
from csnlp.types import Exchange, Turn
from csnlp.typos.confusions import confusions

_MASK = re.compile(r"#E-s\[数字x\]|#E-s\d+|\[[A-Za-z\u4e00-\u9fff]{2,8}(?:x|_\d+)\]")
_EMOJI = "😊😄🙏👍🌹😭😂❤🤝✨😅🥰"
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_PUNCTUATION = re.compile(r"[，。！？、；,!?;…]+|(?<!\d)[.:：~～]+|[.:：~～]+(?!\d)")
_MEANS = "不没无未非免别勿莫零〇一二三四五六七八九十百千万亿两俩半几"
"""Denials and figures: a slip there would alter what is said."""
_CALM = f"(?![{_MEANS}])[\u4e00-\u9fff]"
_SLIPS = re.compile(f"{_CALM}(?={_CALM})")


def augment(example: Example, rng: random.Random) -> Example:
    """A variant of ``example``; the same ``rng`` state gives the same variant."""
    example = vary_reference(example, rng)
    exchange = example.exchange
    if rng.random() < 0.5:
        exchange = _map_text(exchange, lambda text: _MASK.sub(lambda match: _fill(match.group(), rng), text))
    if rng.random() < 0.25:
        exchange = replace(exchange, reply=_disturb(exchange.reply, rng))
    if rng.random() < 0.25 and exchange.context:
        last = exchange.context[-1]
        exchange = replace(exchange, context=(*exchange.context[:-1], replace(last, text=_disturb(last.text, rng))))
    targets = example.targets
    if "politeness" in targets and exchange.context and rng.random() < 0.1:
        exchange = replace(exchange, context=(), reference=None)
        targets = {head: target for head, target in targets.items() if head not in OF_CUSTOMER}
    return Example(exchange, targets, example.group)


def disturb(example: Example, rng: random.Random) -> Example:
    """``example`` with all that was said in it written in one other way: without punctuation, with emoji, or with a
    slip in each text. What it means stays the same."""
    way = rng.choice((_unpunctuated, _with_emoji, _with_slip, _with_slip))
    return replace(example, exchange=_map_text(example.exchange, lambda text: way(text, rng)))


def _map_text(exchange: Exchange, change: Callable[[str], str]) -> Exchange:
    context = tuple(Turn(turn.role, change(turn.text), turn.time) for turn in exchange.context)
    return replace(exchange, reply=change(exchange.reply), context=context)


def _fill(mask: str, rng: random.Random) -> str:
    if mask.startswith("#E-s"):
        return rng.choice(_EMOJI) if rng.random() < 0.5 else ""
    if "姓名" in mask:
        return rng.choice(_SURNAMES) + rng.choice(("先生", "女士", "师傅"))
    if "日期" in mask:
        return f"{rng.randint(1, 12)}月{rng.randint(1, 28)}日"
    if "时间" in mask:
        return f"{rng.randint(0, 23)}:{rng.randint(0, 59):02d}"
    if "订单" in mask or "ORDER" in mask or "电话" in mask:
        return "".join(rng.choice("0123456789") for _ in range(11))
    if "数字" in mask or "金额" in mask:
        return str(rng.choice((rng.randint(1, 9), rng.randint(10, 99), rng.randint(100, 3000))))
    return mask


def _disturb(text: str, rng: random.Random) -> str:
    return rng.choice((_unpunctuated, _with_emoji, _with_slip, _with_slip, _with_slip))(text, rng)


def _unpunctuated(text: str, rng: random.Random) -> str:
    return _PUNCTUATION.sub(" ", text).strip() or text


def _with_emoji(text: str, rng: random.Random) -> str:
    return text + rng.choice(_EMOJI) if text else text


def _with_slip(text: str, rng: random.Random) -> str:
    """A character dropped, doubled, exchanged with the next, or taken for one that sounds or looks like it."""
    places = [match.start() for match in _SLIPS.finditer(text)] if len(text) > 3 else []
    if not places:
        return text
    at = rng.choice(places)
    here, following = text[at], text[at + 1]
    mistaken = [char for char in confusions(here) if char not in _MEANS]
    slips = (following, here * 2 + following, following + here, rng.choice((*mistaken, here)) + following)
    return text[:at] + rng.choice(slips) + text[at + 2 :]
