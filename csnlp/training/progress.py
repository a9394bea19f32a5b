"""What a run leaves behind to look at: a log of JSON lines, and the learning curve as a picture."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from csnlp.errors import ConfigError


class RunLog:
    """Appends to ``log.jsonl`` and prints each entry as one line."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "log.jsonl"

    def write(self, kind: str, step: int, values: dict[str, Any]) -> None:
        """One entry; ``kind`` is ``"train"`` or ``"evaluate"``."""
        rounded = {k: round(v, 5) if isinstance(v, float) else v for k, v in values.items()}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"kind": kind, "step": step, **rounded}, ensure_ascii=False) + "\n")
        print(f"{kind} step {step}: " + " ".join(f"{k}={v}" for k, v in rounded.items()), flush=True)

    def rewind(self, step: int) -> None:
        """Drop entries after ``step``: they are about to be made again by a resumed run."""
        kept = [entry for entry in self._entries() if entry["step"] <= step]
        partial = self.path.with_suffix(".partial")
        partial.write_text("".join(json.dumps(e, ensure_ascii=False) + "\n" for e in kept), encoding="utf-8")
        os.replace(partial, self.path)

    def entries(self, kind: str) -> list[dict[str, Any]]:
        """All entries of a kind, in order."""
        return [entry for entry in self._entries() if entry["kind"] == kind]

    def _entries(self) -> list[dict[str, Any]]:
        lines = self.path.read_bytes().splitlines() if self.path.exists() else []
        entries = []
        for number, line in enumerate(lines, 1):
            try:
                entries.append(json.loads(line))
            except ValueError:
                if number < len(lines):
                    raise ConfigError(f"{self.path}:{number}: is not JSON; repair or delete the line") from None
        return entries  # without a last line that a kill tore


def plot_curve(log: RunLog, path: Path) -> None:
    """Loss and validation measures over the steps, as a PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 4), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    train, evaluated = log.entries("train"), log.entries("evaluate")
    left.plot([e["step"] for e in train], [e["loss"] for e in train], color="tab:blue")
    left.set(title="Training loss", xlabel="step", ylabel="loss")
    for name in [k for k in (evaluated[-1] if evaluated else {}) if k not in ("kind", "step")]:
        right.plot([e["step"] for e in evaluated], [e.get(name) for e in evaluated], marker=".", label=name)
    right.set(title="Validation", xlabel="step", ylim=(0, 1))
    if evaluated:
        right.legend(fontsize="x-small", loc="upper left", bbox_to_anchor=(1.0, 1.0))
    figure.savefig(path, dpi=120)
