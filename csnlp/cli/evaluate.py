"""``csnlp evaluate``: measure a model on a labelled file, and fail when it falls short."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from csnlp.cli.console import make_console
from csnlp.cli.options import Device, by_field, check_file
from csnlp.errors import ConfigError, InputError, ModelError
from csnlp.evaluation import GoldRow, parse_threshold, problems, read_gold
from csnlp.evaluation import evaluate as measure
from csnlp.evaluation.mistakes import mistakes
from csnlp.evaluation.table import evaluation_table
from csnlp.evaluation.task_run import evaluate_task
from csnlp.evaluation.tasks import TASKS, find_task, read_cases
from csnlp.io.atomic import write_text
from csnlp.models import load_model
from csnlp.models.protocol import Model


def evaluate(
    model: Annotated[str, typer.Argument(help="A model's name, or its folder.")],
    file: Annotated[Path, typer.Argument(help="Labelled exchanges (or a task's rows): JSON lines, plain or .gz.")],
    task: Annotated[
        str | None, typer.Option(help=f"FILE has the rows of this public task: {', '.join(TASKS)}.", metavar="NAME")
    ] = None,
    device: Device = "cpu",
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the result here as JSON.")] = None,
    errors_file: Annotated[
        Path | None,
        typer.Option("--errors", help="Write the ids of the wrong rows here, the surest first, as JSON lines."),
    ] = None,
    fail_under: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HEAD.METRIC=X",
            help="Exit with 1 when the value is under X (for ece: over X), e.g. politeness.kappa=0.85. Repeatable.",
        ),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=VALUE", help="Only the rows with this value, e.g. origin=contrast. Repeatable."),
    ] = None,
    resamples: Annotated[int, typer.Option(min=0, help="Bootstrap resamples for the intervals; 0: none.")] = 1_000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the resampling.")] = 0,
) -> None:
    """Measure a model on labelled exchanges: accuracy, F1, kappa, AUC and calibration of every head.

    Exit status: 0 done, and every --fail-under met; 1 one is not met, or nothing could be measured (a line on the
    standard error says which).
    """
    asked = find_task(task) if task is not None else None
    measures = {asked.name: asked.measures} if asked else None
    thresholds = [parse_threshold(text, measures) for text in fail_under or ()]
    _check_outputs(json_file, errors_file, file)
    kept = by_field("--where", map(_pair, where or ()))
    if asked and (kept or errors_file):
        raise ConfigError("--where and --errors are for labelled exchanges; leave them out with --task")
    rows = [] if asked else _labelled(file, kept)
    cases = list(read_cases(asked, file)) if asked else []
    if not rows and not cases:
        raise InputError(str(file), "has no labelled rows", "give a file with one labelled exchange a line")
    loaded = load_model(model, device)
    about = _about(model, loaded, file, kept)
    if asked:
        result = evaluate_task(loaded, asked, cases, resamples=resamples, seed=seed, about=about)
    else:
        result = measure(loaded, rows, resamples=resamples, seed=seed, about=about)
    if not result.heads:
        raise ModelError(f"{model} has no head of csnlp's own; for a model of a public task give --task")
    make_console().print(evaluation_table(result))
    if json_file is not None:
        write_text(json_file, json.dumps(result.to_dict(), ensure_ascii=False, indent=2) + "\n")
    if errors_file is not None:
        lines = (json.dumps(asdict(mistake), ensure_ascii=False) + "\n" for mistake in mistakes(loaded, rows))
        write_text(errors_file, "".join(lines))
    unmet = problems(result, thresholds)
    for problem in unmet:
        print(f"csnlp: not met: {problem}", file=sys.stderr)
    if unmet:
        raise typer.Exit(1)


def _check_outputs(json_file: Path | None, errors_file: Path | None, file: Path) -> None:
    check_file("--json", json_file, file)
    check_file("--errors", errors_file, file)
    if json_file and errors_file and json_file.resolve() == errors_file.resolve():
        raise ConfigError(f"--errors {errors_file}: is the --json file itself; name another file")


def _labelled(file: Path, kept: dict[str, str]) -> list[GoldRow]:
    rows = list(read_gold(file, kept))
    if kept and not rows:
        asked_for = " ".join(f"--where {field}={value}" for field, value in kept.items())
        raise ConfigError(f"{asked_for} left no row of {file}; correct the filter, or leave it out")
    return rows


def _pair(text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not (field and equals):
        raise ConfigError(f"--where {text}: write FIELD=VALUE, as in --where origin=contrast")
    return field, value


def _about(name: str, model: Model, file: Path, where: dict[str, str]) -> dict[str, Any]:
    version = getattr(model, "version", None)
    return {
        "model": name,
        "model_version": None if version is None else str(version),
        "file": str(file),
        "where": where,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
    }
