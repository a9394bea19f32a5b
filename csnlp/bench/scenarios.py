"""The named scenarios of ``csnlp bench``: what each measures, on a model and the exchanges of a file.

Each takes a :class:`Subject` and returns plain figures. Where a scenario needs more exchanges than there are, they are
taken again with a number added to the reply, so that no two are alike; ``duplicates`` alone repeats them as they are.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count, islice
from typing import Any

import numpy as np

import csnlp
from csnlp.errors import CsnlpError
from csnlp.models.protocol import call_setting
from csnlp.scoring.scorer import WINDOW
from csnlp.types import Conversation, Exchange
from csnlp.validation import MAX_TEXT

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is measured: a model by name or folder, how it runs, and real exchanges to run it on. ``size`` scales the
    number of replies of a scenario (1: the sizes that its description names)."""

    model: str
    exchanges: Sequence[Exchange]
    device: str = "cpu"
    threads: int = 0
    size: float = 1.0

    def scorer(self, threads: int | None = None) -> csnlp.Scorer:
        """Model and bundled rule book, freshly loaded."""
        return csnlp.load(self.model, device=self.device, threads=self.threads if threads is None else threads)

    def replies(self, number: int) -> int:
        """``number`` scaled by ``size``, at least 20."""
        return max(20, round(number * self.size))


def distinct(exchanges: Sequence[Exchange], number: int) -> Iterator[Exchange]:
    """``number`` exchanges, no two with the same texts."""
    given = _by_texts(exchanges)
    numbered = (_by_texts(changed(exchange, f" {turn}") for exchange in given.values()) for turn in count(1))
    others = (exchange for one in numbered for texts, exchange in one.items() if texts not in given)
    return islice(chain(given.values(), others), number)


def changed(exchange: Exchange, end: str) -> Exchange:
    """``exchange`` with ``end`` behind the reply, in place of its last words where it would be too long to score."""
    return replace(exchange, reply=exchange.reply[: MAX_TEXT - len(end)] + end)


def _by_texts(exchanges: Iterable[Exchange]) -> dict[tuple[object, ...], Exchange]:
    return {_texts(exchange): exchange for exchange in exchanges}


def _texts(exchange: Exchange) -> tuple[object, ...]:
    return exchange.context, exchange.reply, exchange.reference


def latency(subject: Subject) -> Figures:
    """One reply at a time, as a service scores them: 500 calls, model and rules, and the model alone."""
    scorer = subject.scorer()
    exchanges = list(distinct(subject.exchanges, subject.replies(500) + 20))
    whole = _each(scorer.score, exchanges)
    alone = _each(lambda exchange: scorer.model.predict([changed(exchange, "。")]), exchanges)
    return {"replies": len(whole), **_percentiles("score", whole), **_percentiles("model", alone)}


def mixed(subject: Subject) -> Figures:
    """10,000 different exchanges in one call: model and rules, and the model alone."""
    return _batch(subject, list(distinct(subject.exchanges, subject.replies(10_000))))


def duplicates(subject: Subject) -> Figures:
    """100,000 exchanges that repeat as often as those of the file would if it were that long."""
    number = subject.replies(100_000)
    repeated = [subject.exchanges[i % len(subject.exchanges)] for i in range(number)]
    return {"distinct": len(set(map(_texts, repeated))), **_batch(subject, repeated)}


def conversations(subject: Subject) -> Figures:
    """Long conversations: 1,000 exchanges from chats of 40 turns."""
    chats = zip(*[distinct(subject.exchanges, subject.replies(1_000))] * 20, strict=False)
    turns = [tuple(turn for exchange in chat for turn in _turns(exchange)) for chat in chats]
    return _batch(subject, [e for chat in turns for e in Conversation("c", chat).exchanges()])


def growth(subject: Subject) -> Figures:
    """Milliseconds a reply and the peak memory for 1,000 to 1,000,000 different exchanges from a generator.

    By the clock, and of all cores together, which other work on the machine changes less."""
    subject.scorer()  # what is wrong with the model is told here, not by the processes
    code = _GROWTH.format(subject=_arguments(subject))
    sizes = map(subject.replies, (1_000, 10_000, 100_000, 1_000_000))
    return {str(number): _child(code, subject, number) for number in sizes}


def cold(subject: Subject) -> Figures:
    """Seconds of a new process: ``import csnlp``, and to the first score, over an empty Python."""
    subject.scorer()  # what is wrong with the model is told here, not by the processes
    empty = _process("pass")
    first = f"import csnlp; csnlp.load({_arguments(subject)}).score('好的', question='在吗')"
    return {"import": _process("import csnlp") - empty, "first_score": _process(first) - empty}


def cores(subject: Subject) -> Figures:
    """Replies a second on one core and on two."""
    exchanges = list(distinct(subject.exchanges, subject.replies(2_000)))
    figures = {}
    for threads in (1, 2):
        model = subject.scorer(threads).model
        model.predict(_others(exchanges))
        figures[str(threads)] = len(exchanges) / _seconds(lambda model=model: model.predict(exchanges))  # type: ignore[misc]
    return figures


SCENARIOS: dict[str, Callable[[Subject], Figures]] = {
    "latency": latency,
    "mixed": mixed,
    "duplicates": duplicates,
    "conversations": conversations,
    "growth": growth,
    "cold": cold,
    "cores": cores,
}


def _batch(subject: Subject, exchanges: list[Exchange]) -> Figures:
    scorer = subject.scorer()
    scorer.score_many(_others(exchanges))
    scored = _seconds(lambda: sum(1 for _ in scorer.score_many(iter(exchanges))))
    alone = subject.scorer().model  # a fresh one, that remembers nothing
    alone.predict(_others(exchanges))
    predicted = _seconds(lambda: _predict(alone, exchanges))
    size = len(exchanges)
    return {"replies": size, "scored_per_second": size / scored, "predicted_per_second": size / predicted}


def _others(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """Something to warm up on: like ``exchanges``, but none of them, which the model would remember."""
    return [changed(exchange, " !") for exchange in exchanges[:50]]


def _predict(model: csnlp.Model, exchanges: list[Exchange]) -> None:
    window = call_setting(model, "window", WINDOW)
    for start in range(0, len(exchanges), window):
        model.predict(exchanges[start : start + window])


def _turns(exchange: Exchange) -> Iterator[csnlp.Turn]:
    yield exchange.context[-1] if exchange.context else csnlp.Turn("customer", "在吗")
    yield csnlp.Turn("agent", exchange.reply)


def _each(call: Callable[[Exchange], object], exchanges: list[Exchange]) -> list[float]:
    for exchange in exchanges[:20]:
        call(exchange)
    return [_seconds(lambda exchange=exchange: call(exchange)) for exchange in exchanges[20:]]  # type: ignore[misc]


def _percentiles(name: str, seconds: list[float]) -> Figures:
    p50, p99 = np.percentile(seconds, [50, 99])
    return {f"{name}_p50_ms": 1000 * float(p50), f"{name}_p99_ms": 1000 * float(p99)}


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


_GROWTH = """
import json, sys, time
import csnlp
from csnlp.bench.machine import peak_memory_mb
from csnlp.bench.scenarios import distinct
exchanges = [e for e in csnlp.read_exchanges(sys.argv[1]) if isinstance(e, csnlp.Exchange)]
number = int(sys.argv[2])
scorer = csnlp.load({subject})
scorer.score_many([e.reply + " !" for e in exchanges[:50]])  # other texts: nothing is remembered
began, cores_began = time.perf_counter(), time.process_time()
scored = sum(1 for _ in scorer.score_many(distinct(exchanges, number)))
seconds, of_cores = time.perf_counter() - began, time.process_time() - cores_began
each = 1000 / scored
print(json.dumps({{"ms_per_reply": each * seconds, "processor_ms_per_reply": each * of_cores,
                  "peak_memory_mb": peak_memory_mb()}}))
"""


def _arguments(subject: Subject) -> str:
    return f"{subject.model!r}, device={subject.device!r}, threads={subject.threads}"


def _child(code: str, subject: Subject, number: int) -> Figures:
    """Run ``code`` in a process of its own, whose memory is only its own."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "exchanges.jsonl"
        path.write_text("".join(_line(exchange) for exchange in subject.exchanges), encoding="utf-8")
        figures: Figures = json.loads(_run(code, str(path), str(number)))
    return figures


def _line(exchange: Exchange) -> str:
    context = [{"role": turn.role, "text": turn.text} for turn in exchange.context]
    row = {"context": context, "reply": exchange.reply, "reference": exchange.reference}
    return json.dumps(row, ensure_ascii=False) + "\n"


def _process(code: str) -> float:
    """The seconds that a new Python takes to run ``code``: the median of five."""
    return float(np.median([_seconds(lambda: _run(code)) for _ in range(5)]))


def _run(code: str, *arguments: str) -> str:
    """What a new Python that runs ``code`` prints; :class:`CsnlpError` with its last words if it fails."""
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise CsnlpError(f"a process of the measurement failed: {said[-1]}")
    return done.stdout
