"""The ``csnlp train`` command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def train(
    recipe: Annotated[Path, typer.Argument(help="A recipe: a YAML file as in models/recipes.")],
    fold: Annotated[
        int | None, typer.Option(min=0, help="Cross-validation: hold out this part of the groups (from 0).")
    ] = None,
) -> None:
    """Train a model as RECIPE says. Run it again after a stop: it goes on from the last checkpoint."""
    from csnlp.training.run import train as run

    folder = run(recipe, fold)
    typer.echo(f"model written to {folder}")
