"""Measures what a user waits for: import, first score, one reply at a time, a file in one go, peak memory.

    python benchmarks/quick.py [--model bert] [--replies 2000] [--json out.json]

Texts are those of examples/chats.jsonl, numbered so that no two are equal. Times are medians over fresh processes
(import, first score) or calls; every figure is reported with the machine that it was taken on.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import csnlp

ROOT = Path(__file__).parents[1]
FIRST_SCORE = "import csnlp; csnlp.load({model!r}).score('亲，三天内发货', question='什么时候发货')"


def machine() -> dict[str, object]:
    """What the figures were taken on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = {line.split(":")[1].strip() for line in lines if line.startswith("model name")}
    flags = next((line for line in lines if line.startswith("flags")), "")
    return {
        "cpu": ", ".join(sorted(names)) or platform.processor(),
        "cores": os.cpu_count(),
        "instructions": [
            flag for flag in ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_int8") if flag in flags
        ],
        "python": platform.python_version(),
        "csnlp": csnlp.__version__,
    }


def median_seconds(run: Callable[[], object], times: int) -> float:
    """Median wall time of ``run`` in seconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def fresh(code: str) -> Callable[[], object]:
    """Runs ``code`` in a new Python process."""
    return lambda: subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def natural(count: int) -> list[csnlp.Exchange]:
    """``count`` distinct exchanges made of the example chats."""
    base = [item for item in csnlp.read_exchanges(ROOT / "examples/chats.jsonl") if isinstance(item, csnlp.Exchange)]
    return [replace(base[i % len(base)], reply=f"{base[i % len(base)].reply} {i}") for i in range(count)]


def measure(model: str, replies: int) -> dict[str, object]:
    """All figures; times in seconds unless the name says otherwise."""
    nothing = median_seconds(fresh("pass"), 5)
    scorer = csnlp.load(model)
    exchanges = natural(replies)
    scorer.score_many(exchanges[:64])
    latencies = sorted(median_seconds(lambda e=e: scorer.score(e), 1) for e in exchanges[:200])  # type: ignore[misc]
    seconds = median_seconds(lambda: scorer.score_many(exchanges), 3)
    return {
        "machine": machine(),
        "model": scorer.metadata(),
        "import": median_seconds(fresh("import csnlp"), 5) - nothing,
        "import_and_first_score": median_seconds(fresh(FIRST_SCORE.format(model=model)), 5),
        "one_reply_p50_ms": 1000 * latencies[len(latencies) // 2],
        "one_reply_p99_ms": 1000 * latencies[int(len(latencies) * 0.99)],
        "replies_per_second": replies / seconds,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="bert")
    parser.add_argument("--replies", type=int, default=2000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    result = json.dumps(measure(options.model, options.replies), ensure_ascii=False, indent=2)
    print(result)
    if options.json:
        options.json.write_text(result + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
