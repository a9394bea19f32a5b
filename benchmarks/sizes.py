"""How many times as fast one model is as another, on the same exchanges: the models take turns (csnlp.bench.timing).

python benchmarks/sizes.py FILE [--fast zh-nano] [--slow bert] [--replies 1000] [--rounds 7] [--json OUT]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import csnlp
from csnlp.bench import compare, machine
from csnlp.bench.scenarios import distinct
from csnlp.models.bert import BertModel


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--fast", default="zh-nano")
    parser.add_argument("--slow", default="bert")
    parser.add_argument("--replies", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    read = [item for item in csnlp.read_exchanges(options.file) if isinstance(item, csnlp.Exchange)]
    exchanges = list(distinct(read, options.replies))
    names = (options.slow, options.fast)
    comparison = compare({name: _way(name, exchanges) for name in names}, options.rounds)
    rates = {name: len(exchanges) / comparison.median(name) for name in names}
    ratio = comparison.speedup(options.fast, options.slow)
    print(f"{options.fast} × {ratio[0]:.2f} ({ratio[1]:.2f}–{ratio[2]:.2f}) {options.slow};", end=" ")
    print(" ".join(f"{name} {rate:.0f}/s" for name, rate in rates.items()))
    if options.json:
        result = {
            "file": options.file.name,
            "replies": len(exchanges),
            "replies_per_second": rates,
            "times_as_fast": ratio,
            "machine": machine(),
        }
        options.json.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _way(name: str, exchanges: list[csnlp.Exchange]) -> Callable[[], object]:
    loaded = csnlp.load_model(name)
    # Without the cache of what was scored before.
    fresh = BertModel(loaded.encoder, loaded.engine)  # type: ignore[attr-defined]
    return lambda: fresh.logits(exchanges)


if __name__ == "__main__":
    main()
