"""What the model cards and READMEs say is what was measured."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_tables_hold_the_figures_of_the_evaluations() -> None:
    found = subprocess.run(
        [sys.executable, "benchmarks/card.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (found.returncode, found.stderr) == (0, "")
