"""Makes examples/score.svg: what a terminal shows after ``csnlp score examples/chats.jsonl``.

python examples/picture.py
"""

import re
import time
from pathlib import Path

from rich.console import Console

import csnlp
from csnlp.cli.tables import score_table, summary_table
from csnlp.io import BadRow, Source, score_stream
from csnlp.io.summary import Tally

FOLDER = Path(__file__).parent
SHOWN = (
    "skin-allergy",
    "plain-stock",
    "cold-lookup",
    "rude-poor",
    "evasive-date",
    "c-delay-2",
    "c-logistics-3",
)


def main() -> None:
    console = Console(record=True, width=124)
    scorer, tally, rows = csnlp.load(), Tally(), []
    began = time.perf_counter()
    for outcome in score_stream(scorer, Source.of(FOLDER / "chats.jsonl")):
        tally.add(outcome)
        if not isinstance(outcome, BadRow) and outcome["id"] in SHOWN:
            rows.append(outcome)
    console.print(score_table(rows))
    console.print(summary_table(tally.summary(scored_now=tally.scored, seconds=time.perf_counter() - began)))
    # Without the web font that rich refers to: a picture should fetch nothing.
    svg = console.export_svg(title="csnlp score examples/chats.jsonl")
    (FOLDER / "score.svg").write_text(re.sub(r"@font-face \{.*?\}\n", "", svg, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
