"""What an engine costs in quality: every head's main measure by each engine, on labelled exchanges.

python benchmarks/engines.py MODEL FILE [--json OUT]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from csnlp.bench import machine
from csnlp.evaluation import evaluate, read_gold
from csnlp.models import load_model

DEVICES = ("cpu-float32", "cpu-bfloat16", "cpu-int8", "onnx")
MEASURES = {
    "politeness": "kappa",
    "accuracy": "kappa",
    "applicability": "auc",
    "complaint": "kappa",
    "complaint_type": "macro_f1",
    "acts": "macro_f1",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = list(read_gold(options.file))
    result = {}
    for device in DEVICES:
        model = load_model(options.model, device)
        heads = evaluate(model, rows, resamples=0).heads
        precision = model.engine.description.split()[-1]  # type: ignore[attr-defined]
        result[device] = {"precision": precision, **{h: heads[h].metrics[m].value for h, m in MEASURES.items()}}
        print(device, precision, " ".join(f"{h} {MEASURES[h]} {result[device][h]:.4f}" for h in MEASURES))
    if options.json:
        figures = {"file": options.file.name, "measures": MEASURES, "engines": result, "machine": machine()}
        options.json.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
