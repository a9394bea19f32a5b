"""Measures a rule book alone: no model runs, its verdicts are made up.

    python benchmarks/rules.py [--book taobao] [--json out.json]

Ordinary replies are those of examples/chats.jsonl, numbered so that nothing is kept from one to the next. Hostile ones
have as many characters as are allowed, made of one unit over and over, and the same in the turns before and after and
in the standard answer. Time should grow no faster than the text: each is measured at a tenth of its length too.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from csnlp.heads import ACTS, HEADS
from csnlp.io import read_exchanges
from csnlp.rules import Case, RuleBook, load_book
from csnlp.rules.account import account
from csnlp.rules.engine import apply, judge
from csnlp.types import Exchange, HeadScore, Turn
from csnlp.validation import MAX_TEXT
from csnlp.version import __version__

ROOT = Path(__file__).parents[1]
UNITS = (
    *("傻*逼", "“傻逼", "您说“最好”，", "不保证", "最", "s b ", "亲，3天到，", "48小时", "包邮", "请您耐心等待一下，"),
    *("http://a.b/", "www.", "【", "《一", "[a", "'", "，", "1", "第一", "点击→", "吗？", "\n", "\u200b", "😀", "ﷺ"),
)
SLOWEST = 10


def case_of(exchange: Exchange, book: RuleBook) -> Case:
    """``exchange`` as a model would leave it that has every head."""
    heads = {}
    for name in ("politeness", "accuracy", "complaint", "satisfaction"):
        labels = HEADS[name].labels
        heads[name] = HeadScore(labels[0], 1 / len(labels), dict.fromkeys(labels, 1 / len(labels)), 0.5)
    return Case(exchange, book.scanner, heads, dict.fromkeys(ACTS.labels, 0.5), frozenset(HEADS))


def ordinary(count: int) -> list[Exchange]:
    """``count`` distinct exchanges made of the example chats."""
    base = [item for item in read_exchanges(ROOT / "examples/chats.jsonl") if isinstance(item, Exchange)]
    return [replace(base[i % len(base)], reply=f"{base[i % len(base)].reply} {i}") for i in range(count)]


def hostile(unit: str, length: int) -> Exchange:
    """``unit`` repeated to ``length`` characters, everywhere."""
    text = (unit * (length // len(unit) + 1))[:length]
    before = (Turn("customer", text[::-1]), Turn("agent", text), Turn("customer", text))
    return Exchange(text, before, reference=text, after=before)


def seconds(run: Callable[[], object]) -> float:
    """Processor time of one call."""
    start = time.process_time()
    run()
    return time.process_time() - start


def by_rule(book: RuleBook, cases: Sequence[Case]) -> list[tuple[str, float]]:
    """The rules that take longest over ``cases``; what several share is counted for the first of them."""
    taken: Counter[str] = Counter()
    for case in cases:
        book.scanner.view(case.exchange.reply)
        for rule in book.rules:
            taken[rule.id] += seconds(lambda c=case, r=rule: apply(r, c))  # type: ignore[misc]
    return taken.most_common(SLOWEST)


def measure_ordinary(book: RuleBook, count: int) -> dict[str, object]:
    """Microseconds for each reply: looking at it, judging it, adding up; and the slowest rules."""
    cases = [case_of(exchange, book) for exchange in ordinary(count)]
    judge(book, cases[0])
    view, judged = [], []
    for case in cases:  # one after the other, as replies are scored: the scanner keeps so many texts only
        view.append(seconds(lambda c=case: book.scanner.view(c.exchange.reply)))  # type: ignore[misc]
        judged.append(seconds(lambda c=case: judge(book, c)))  # type: ignore[misc]
    added = [seconds(lambda r=result: account(book, r)) for result in [judge(book, case) for case in cases]]  # type: ignore[misc]
    return {
        "replies": count,
        **{
            f"{name}_{point}_us": round(1e6 * value, 1)
            for name, times in (("view", view), ("judge", judged), ("account", added))
            for point, value in (("p50", statistics.median(times)), ("p99", sorted(times)[int(0.99 * count)]))
        },
        "slowest_rules_us": {name: round(1e6 * taken / count, 1) for name, taken in by_rule(book, cases)},
    }


def measure_hostile(book: RuleBook, unit: str) -> dict[str, object]:
    """Seconds for a text of the greatest length and one of a tenth of it; and the slowest rules on the long one."""
    long, short = (case_of(hostile(unit, length), book) for length in (MAX_TEXT, MAX_TEXT // 10))
    times = [seconds(lambda c=case: judge(book, c)) for case in (short, long)]  # type: ignore[misc]
    slowest = {name: round(taken, 3) for name, taken in by_rule(book, [long])}
    return {"unit": unit, "short_s": round(times[0], 3), "long_s": round(times[1], 3), "slowest_rules_s": slowest}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--book", default="taobao")
    parser.add_argument("--replies", type=int, default=1000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    book = load_book(options.book)
    measured = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "csnlp": __version__},
        "book": {"name": book.name, "version": book.version, "digest": book.digest, "rules": len(book.rules)},
        "load_s": round(seconds(lambda: load_book(options.book)), 3),
        "ordinary": measure_ordinary(book, options.replies),
        "hostile": [measure_hostile(book, unit) for unit in UNITS],
    }
    result = json.dumps(measured, ensure_ascii=False, indent=2)
    print(result)
    if options.json:
        options.json.write_text(result + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
