"""What each part of a training recipe is worth: the same run again, with one thing changed at a time.

    python benchmarks/ablation.py RECIPE [NAME ...] [--json OUT]

RECIPE is one of models/recipes with csnlp's own heads. Each run has a folder of its own under the recipe's output; one
that is finished is not run again, one that was stopped goes on from its last evaluation. NAMEs choose some of them (the
whole recipe, "all", is always among them). They are measured on the recipe's validation file together with what its
sources of real chats hold out, references and satisfaction on what those hold out. A difference to "all" is of the same
rows, with a paired bootstrap interval over the contexts (in bold where it is clear of 0); that of "another seed" shows
what is chance of the training, which the intervals do not hold.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from csnlp.evaluation import read_gold
from csnlp.evaluation.bootstrap import bootstrap_interval
from csnlp.evaluation.gold import GoldRow, judged
from csnlp.evaluation.measures import Ints, Statistic, head_statistics
from csnlp.evaluation.run import predict
from csnlp.heads import HEADS
from csnlp.models.registry import load_folder
from csnlp.training.config import Source, TrainConfig, read_config, train_config
from csnlp.training.pools import load_pools
from csnlp.training.record import keep_record
from csnlp.training.run import train_bert

ROOT = Path(__file__).resolve().parent.parent
Change = Callable[[TrainConfig], TrainConfig]


def _without(left_out: Callable[[Source], bool]) -> Change:
    return lambda config: replace(config, sources=tuple(s for s in config.sources if not left_out(s)))


def _is_own_text(source: Source) -> bool:
    return source.path.parent == ROOT / "models" / "data"


def _is_reference(source: Source) -> bool:
    return source.path.name.startswith("reference")


def _by_size(config: TrainConfig) -> TrainConfig:
    """Every row as often as any other."""
    pools, _ = load_pools(config.sources, config.output / "teachers")
    return replace(config, sources=tuple(replace(s, share=len(p)) for s, p in zip(config.sources, pools, strict=True)))


def _taught(config: TrainConfig) -> TrainConfig:
    """zh-small's word beside the labels, but for references and inference, where it knows no more than they do."""
    teacher = ROOT / "models" / "zh-small"
    asked = [s.format == "exchanges" and not _is_reference(s) for s in config.sources]
    return replace(
        config,
        sources=tuple(replace(s, teacher=(teacher,)) if a else s for s, a in zip(config.sources, asked, strict=True)),
    )


CHANGES: dict[str, Change] = {
    "all": lambda config: config,
    "another seed": lambda config: replace(config, seed=config.seed + 1),
    "without our own text": _without(_is_own_text),
    "without our references": _without(_is_reference),
    "without the labels we added to real chats": _without(lambda s: s.labels is not None),
    "without inference sets": _without(lambda s: s.format in ("consistency", "entailment")),
    "every row equally often": _by_size,
    "rare labels weigh no more": lambda config: replace(config, balance=0.0),
    "no ordinal loss": lambda config: replace(config, ordinal_weight=0.0),
    "no average of the weights": lambda config: replace(config, average=0.0),
    "half the rows, each also with slips": lambda config: replace(
        config, consistency=1.0, batch_size=config.batch_size // 2
    ),
    "zh-small as a teacher": _taught,
    "base adapted to the trade": lambda config: replace(config, base=str(ROOT / "runs" / "zh-nano-base" / "model")),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A measure in the table, of the rows of one split."""

    split: str
    head: str
    metric: str


COLUMNS = (
    Column("real", "politeness", "kappa"),
    Column("real", "accuracy", "kappa"),
    Column("real", "complaint", "kappa"),
    Column("real", "acts", "macro_f1"),
    Column("contrast", "politeness", "auc"),
    Column("references", "accuracy", "auc"),
    Column("satisfaction", "satisfaction", "macro_f1"),
)


def read_splits(config: TrainConfig) -> dict[str, list[GoldRow]]:
    """The rows that are measured on: the validation file, and what "all" held out."""
    assert config.validation is not None
    held_out = config.output / "all" / "heldout"

    def rows(*names: str, **where: str) -> list[GoldRow]:
        return [row for name in names for row in read_gold(held_out / f"{name}.jsonl", where)]

    chats = [s.labels.stem for s in config.sources if s.labels is not None and s.holdout]
    references = [s.path.stem for s in config.sources if _is_reference(s)]
    return {
        "real": [*read_gold(config.validation), *rows("train", origin="real"), *rows(*chats)],
        "contrast": rows("train", origin="contrast"),
        "references": rows(*references),
        "satisfaction": rows("jddc"),
    }


def statistic(rows: Sequence[GoldRow], column: Column, probabilities: np.ndarray) -> tuple[Statistic, Ints]:
    """The measure as a function of row weights, and the rows that it is of."""
    head = HEADS[column.head]
    kept, gold = judged(rows, head)
    return head_statistics(head, gold, probabilities[kept])[0][column.metric], kept


def measure(folder: Path, splits: dict[str, list[GoldRow]]) -> dict[Column, tuple[Statistic, Ints]]:
    model = load_folder(folder)
    predicted = {name: predict(model, rows) for name, rows in splits.items()}
    return {
        column: statistic(splits[column.split], column, predicted[column.split][column.head])
        for column in COLUMNS
        if column.head in predicted[column.split]
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recipe", type=Path)
    parser.add_argument("names", nargs="*", help="some of: " + ", ".join(CHANGES))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if unknown := set(options.names) - set(CHANGES):
        parser.error(f"no such run: {', '.join(sorted(unknown))}")
    config = train_config(read_config(options.recipe), options.recipe.parent, str(options.recipe))
    whole_folder = trained("all", config)
    splits = read_splits(config)
    whole = measure(whole_folder, splits)
    found = {"all": compare(whole, whole, splits)}
    print("| run | " + " | ".join(f"{c.split}: {c.head} {c.metric}" for c in COLUMNS) + " |")
    print("|---" * (len(COLUMNS) + 1) + "|")
    print(line("all", found["all"]), flush=True)
    for name in options.names or CHANGES:
        if name not in found:
            found[name] = compare(measure(trained(name, config), splits), whole, splits)
            print(line(name, found[name]), flush=True)
        if options.json:  # each time: a run takes minutes
            sizes = {split: len(rows) for split, rows in splits.items()}
            about = {"recipe": options.recipe.name, "rows": sizes, "runs": found}
            options.json.write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def trained(name: str, config: TrainConfig) -> Path:
    """The model folder of the run ``name``, trained unless it is there."""
    run = replace(CHANGES[name](config), output=config.output / name.replace(" ", "-").replace(",", ""))
    run.output.mkdir(parents=True, exist_ok=True)
    keep_record(run)  # a finished run of another recipe is not taken for one of this
    folder = run.output / "model"
    return folder if (folder / "csnlp.json").exists() else train_bert(run)


def compare(
    run: dict[Column, tuple[Statistic, Ints]],
    whole: dict[Column, tuple[Statistic, Ints]],
    splits: dict[str, list[GoldRow]],
) -> dict[str, dict[str, float]]:
    """By column: the measure, and its difference to that of ``whole`` with the interval."""
    found = {}
    for column, (value, kept) in run.items():
        of_all = whole[column][0]

        def apart(weights: np.ndarray, value: Statistic = value, of_all: Statistic = of_all) -> np.ndarray:
            return value(weights) - of_all(weights)

        groups = [splits[column.split][i].group for i in kept]
        low, high = bootstrap_interval(apart, len(kept), groups=groups)
        ones = np.ones(len(kept))
        measured = {"value": float(value(ones)), "difference": float(apart(ones)), "low": low, "high": high}
        found[f"{column.split}/{column.head}/{column.metric}"] = {"n": len(kept), **measured}
    return found


def line(name: str, found: dict[str, dict[str, float]]) -> str:
    cells = []
    for column in COLUMNS:
        cell = found.get(f"{column.split}/{column.head}/{column.metric}")
        if cell is None:
            cells.append("")
        elif name == "all":
            cells.append(f"{cell['value']:.3f}")
        else:
            shown = f"{cell['difference']:+.3f}"
            cells.append(f"**{shown}**" if cell["low"] > 0 or cell["high"] < 0 else shown)
    return f"| {name} | " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
