"""The peers' table (Markdown) and plot (SVG) from the figures that benchmarks/peers.py kept.

python benchmarks/report.py benchmarks/results/peers.json benchmarks/results/peers.svg
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

OURS = ("csnlp", "csnlp float32")


def table(peers: dict[str, Any]) -> str:
    """Rows from the slowest to the fastest."""
    lines = [
        "| | replies/s | csnlp is × as fast (95 %) | one reply, ms | csnlp is × as fast | labels changed |",
        "|---|---|---|---|---|---|",
    ]
    for name, figures in ordered(peers):
        ratio, low, high = figures["csnlp_is_times_as_fast"]
        single = figures["csnlp_single_is_times_as_fast"][0]
        changed = figures.get("politeness_labels_changed")
        cells = [
            f"**{name}**" if name in OURS else name,
            f"{figures['replies_per_second']:.0f}",
            "" if name == "csnlp" else f"{ratio:.2f} ({low:.2f}–{high:.2f})",
            f"{figures['single_ms']:.1f}",
            "" if name == "csnlp" else f"{single:.2f}",
            "" if changed is None else f"{changed:.1%}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def plot(peers: dict[str, Any], about: str, path: Path) -> None:
    """Replies a second as bars."""
    figure = Figure(figsize=(9, 5), layout="constrained")
    FigureCanvasSVG(figure)
    axes = figure.subplots()
    names = [name for name, _ in ordered(peers)]
    rates = [figures["replies_per_second"] for _, figures in ordered(peers)]
    bars = axes.barh(names, rates, color=["tab:red" if name in OURS else "tab:blue" for name in names])
    axes.bar_label(bars, fmt="%.0f", padding=3)
    axes.set(title=f"Replies a second\n{about}", xlabel="replies/s")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})


def ordered(peers: dict[str, Any]) -> list[tuple[str, Any]]:
    return sorted(peers.items(), key=lambda item: item[1]["replies_per_second"])


def main() -> None:
    result = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    here = result["machine"]
    about = f"{result['replies']} question-and-reply pairs, {here['cpu']}, {here['cores']} cores"
    print(table(result["peers"]))
    plot(result["peers"], about, Path(sys.argv[2]))


if __name__ == "__main__":
    main()
