"""What a training run is told: a YAML file read into frozen dataclasses.

Paths in the file are relative to the file. See models/recipes for complete examples.
"""

from __future__ import annotations

import math
from dataclasses import MISSING, Field, dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

import yaml

from csnlp.errors import ConfigError
from csnlp.heads import HEADS
from csnlp.models.registry import shipped_models
from csnlp.training.examples import CROSSED, FORMATS, UNREFERENCED

T = TypeVar("T")

_LEAST = {"steps": 1, "batch_size": 1, "max_tokens": 32, "log_every": 1, "evaluate_every": 1}
"""What a number is at least, if not 0."""

_PARTS = ("holdout", "dropout", "warmup", "average", "weight_decay")
"""Numbers below 1."""


@dataclass(frozen=True, slots=True)
class Source:
    """A labelled file. ``share``: its part of the training examples drawn (parts are divided by their sum).

    ``format`` is a key of :data:`csnlp.training.examples.FORMATS`; ``holdout`` is the part of its groups (contexts)
    kept out of training, to be measured on, and ``fold`` which part of that size (from 0). ``labels``: a file with the
    labels of some turns of ``path`` (:mod:`csnlp.training.join`). ``teacher``: model folders (a recipe names one, or a
    list) whose mean probabilities are taught beside the known labels (:mod:`csnlp.training.distil`). ``without``: heads
    whose labels in this file are not to be trusted.
    """

    path: Path
    format: str = "exchanges"
    share: float = 1.0
    holdout: float = 0.0
    fold: int = 0
    labels: Path | None = None
    teacher: tuple[Path, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """A fine-tuning run. Sizes count tokens or examples; rates are per optimiser step.

    ``average``: the decay of the moving average of the weights that is evaluated and kept (0: the last weights; Polyak
    and Juditsky 1992, as an exponential average); it is shorter in the first steps. ``average_with``: model folders of
    the same shape, and the part that each has in the mean of their weights and the finished ones, which have the rest
    (Wortsman et al. 2022, arXiv:2203.05482); a recipe gives a mapping, or one folder, which has half.

    ``consistency``: above 0, each example of a batch is taught a second time with slips in its texts
    (:func:`csnlp.training.augment.disturb`), and the divergence between the two weighs this much; a step takes twice as
    long.

    ``task``: a public task (:mod:`csnlp.evaluation.tasks`) whose one head is taught, from files with its fields; then
    ``validation`` is such a file, or None for what the sources hold out.
    """

    name: str
    version: str
    base: str
    output: Path
    sources: tuple[Source, ...]
    validation: Path | None = None
    task: str = ""
    seed: int = 17
    steps: int = 2000
    batch_size: int = 32
    max_tokens: int = 256
    learning_rate: float = 8e-5
    head_learning_rate: float = 1e-3
    weight_decay: float = 0.01
    warmup: float = 0.06
    dropout: float = 0.1
    average: float = 0.998
    average_with: tuple[tuple[Path, float], ...] = ()
    ordinal_weight: float = 0.5
    consistency: float = 0.0
    balance: float = 0.25
    head_weights: tuple[tuple[str, float], ...] = ()
    log_every: int = 20
    evaluate_every: int = 200
    patience: int = 0
    threads: int = 0


@dataclass(frozen=True, slots=True)
class AdaptConfig:
    """An adaptation of a base to text (:mod:`csnlp.training.adapt`): ``texts`` are files of plain lines.

    ``least_count``: pieces of the vocabulary that occur less often in them are dropped (0: none).
    """

    name: str
    version: str
    base: str
    output: Path
    texts: tuple[Path, ...]
    seed: int = 17
    steps: int = 2000
    batch_size: int = 64
    max_tokens: int = 256
    learning_rate: float = 2e-4
    weight_decay: float = 0.01
    warmup: float = 0.06
    dropout: float = 0.1
    least_count: int = 0
    log_every: int = 20
    evaluate_every: int = 200
    threads: int = 0


def read_config(path: Path) -> dict[str, Any]:
    """The YAML mapping in ``path``; raises :class:`csnlp.errors.ConfigError` when it is not one."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: {error}") from None
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: expected a mapping of settings")
    return data


def train_config(data: dict[str, Any], folder: Path, where: str) -> TrainConfig:
    """Check ``data`` (from :func:`read_config`) and make it a :class:`TrainConfig`; ``folder`` anchors its paths."""
    data = dict(data)
    data.pop("kind", None)
    sources = data.get("sources")
    if not isinstance(sources, list) or not sources:
        raise ConfigError(f"{where}: sources: give at least one source")
    data["sources"] = tuple(
        _source(source, folder, f"{where}: sources[{number}]") for number, source in enumerate(sources)
    )
    if not any(source.share for source in data["sources"]):
        raise ConfigError(f"{where}: sources: every share is 0, so there is nothing to draw from")
    weights = data.get("head_weights") or {}
    if not isinstance(weights, dict):
        raise ConfigError(f"{where}: head_weights: expected a mapping of heads to numbers, found {weights!r}")
    if unknown := [name for name in weights if name not in HEADS]:
        raise ConfigError(f"{where}: head_weights: no head {unknown[0]!r}; the heads are {', '.join(HEADS)}")
    for name, weight in weights.items():
        _check_number(f"{where}: head_weights: {name}", weight, float, 0)
    if weights and not any(weights.get(name, 1) for name in HEADS):
        raise ConfigError(f"{where}: head_weights: every head weighs 0, so there is nothing to learn")
    data["head_weights"] = tuple((str(name), float(weight)) for name, weight in weights.items())
    if "average_with" in data:
        data["average_with"] = _parts(data["average_with"], folder, f"{where}: average_with")
    return _build(TrainConfig, _anchored(_base_anchored(data, folder), folder, ("output", "validation")), where)


def adapt_config(data: dict[str, Any], folder: Path, where: str) -> AdaptConfig:
    """Check ``data`` (from :func:`read_config`) and make it an :class:`AdaptConfig`; ``folder`` anchors its paths."""
    data = {name: value for name, value in data.items() if name != "kind"}
    texts = data.get("texts")
    if not isinstance(texts, list) or not texts:
        raise ConfigError(f"{where}: texts: give at least one file")
    if not all(isinstance(text, str) for text in texts):
        raise ConfigError(f"{where}: texts: give the names of files")
    data["texts"] = tuple((folder / text).resolve() for text in texts)
    return _build(AdaptConfig, _anchored(_base_anchored(data, folder), folder, ("output",)), where)


def at_fold(config: TrainConfig, fold: int) -> TrainConfig:
    """``config`` with another part of each source held out; its output has a folder of its own."""
    sources = tuple(replace(source, fold=fold) if source.holdout else source for source in config.sources)
    if not any(source.holdout for source in sources):
        raise ConfigError(f"fold {fold}: no source of the recipe holds out a part of its groups (holdout)")
    if (most := max((source.holdout for source in sources), default=0)) * (fold + 1) > 1 + 1e-9:
        raise ConfigError(f"fold {fold}: with a holdout of {most:g} the folds are 0 to {int(1 / most + 1e-9) - 1}")
    return replace(config, sources=sources, output=config.output.with_name(f"{config.output.name}-fold{fold}"))


def _source(data: object, folder: Path, where: str) -> Source:
    if not isinstance(data, dict):
        raise ConfigError(f"{where}: expected a mapping such as {{path: train.jsonl}}, found {data!r}")
    if "teacher" in data:
        data = {**data, "teacher": _teachers(data["teacher"], folder, where)}
    source = _build(Source, _anchored(data, folder, ("path", "labels")), where)
    if not isinstance(source.without, list | tuple):
        raise ConfigError(f"{where}: without: give a list of heads")
    if source.format not in FORMATS:
        raise ConfigError(f"{where}: format: unknown {source.format!r}; known: {', '.join(sorted(FORMATS))}")
    if source.holdout and source.format not in ("exchanges", UNREFERENCED, CROSSED, "satisfaction"):
        raise ConfigError(f"{where}: holdout: rows of format {source.format} are taught, but cannot be measured on")
    if source.format == CROSSED and not source.teacher:
        raise ConfigError(
            f"{where}: format {CROSSED}: name a teacher; nobody else knows whether a reply fits its new chat"
        )
    if not source.fold * source.holdout < 1:
        raise ConfigError(f"{where}: fold: {source.fold} is past the last part of a holdout of {source.holdout:g}")
    if unknown := [name for name in source.without if name not in HEADS]:
        raise ConfigError(f"{where}: without: no head {unknown[0]!r}; the heads are {', '.join(HEADS)}")
    return replace(source, without=tuple(source.without))


def _teachers(named: object, folder: Path, where: str) -> tuple[Path, ...]:
    names = named if isinstance(named, list) else [named]
    folders = tuple(_model(name, folder) for name in names if isinstance(name, str))
    if not folders or len(folders) < len(names):
        raise ConfigError(f"{where}: teacher: expected a model folder or a list of them, found {named!r}")
    return folders


def _parts(named: object, folder: Path, where: str) -> tuple[tuple[Path, float], ...]:
    parts = {named: 0.5} if isinstance(named, str) else named
    if not isinstance(parts, dict) or not all(isinstance(name, str) for name in parts):
        raise ConfigError(f"{where}: expected a model folder, or a mapping of folders to parts, found {named!r}")
    for name, part in parts.items():
        _check_number(f"{where}: {name}", part, float, 0)
    if not sum(parts.values()) < 1:
        raise ConfigError(f"{where}: the parts add up to {sum(parts.values())}; leave one to the run itself")
    return tuple((_model(name, folder), float(part)) for name, part in parts.items())


def _base_anchored(data: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A base is a folder, found from the recipe, or the name of a shipped model; any other is one on a hub."""
    base = data.get("base")
    if isinstance(base, str) and (found := _model(base, folder)).is_dir():
        return {**data, "base": str(found)}
    return data


def _model(name: str, folder: Path) -> Path:
    """The folder of a model: one that is found from the recipe, or that of the shipped model with this name."""
    found = (folder / name).resolve()
    return found if found.is_dir() else shipped_models().get(name, found)


def _anchored(data: dict[str, Any], folder: Path, names: tuple[str, ...]) -> dict[str, Any]:
    return {k: (folder / v).resolve() if k in names and isinstance(v, str) else v for k, v in data.items()}


def _build(cls: type[T], data: dict[str, Any], where: str) -> T:
    known = {field.name: field for field in fields(cls)}  # type: ignore[arg-type]
    if unknown := sorted(map(str, set(data) - set(known))):
        raise ConfigError(f"{where}: unknown setting {unknown[0]!r}; known: {', '.join(known)}")
    for name, field in known.items():
        if name in data:
            _check(f"{where}: {name}", data[name], field)
        elif field.default is MISSING:
            raise ConfigError(f"{where}: {name} is missing; give it")
    return cls(**data)


def _check(where: str, value: object, field: Field[Any]) -> None:
    """A number in its limits, a text or a path, as the field has it; what holds several values is checked apart."""
    if isinstance(field.default, int | float):
        _check_number(where, value, type(field.default), _LEAST.get(field.name, 0))
        if field.name in _PARTS and not value < 1:  # type: ignore[operator]
            raise ConfigError(f"{where}: expected a number below 1, found {value!r}")
    elif field.type == "str" and not isinstance(value, str):
        raise ConfigError(f"{where}: expected a text, found {value!r}; put it in quotes")
    elif field.type in ("Path", "Path | None") and not isinstance(value, Path | None):
        raise ConfigError(f"{where}: expected the name of a file or folder, found {value!r}")


def _check_number(where: str, value: object, kind: type[int] | type[float], least: int) -> None:
    wanted = int if kind is int else (int, float)
    if isinstance(value, bool) or not isinstance(value, wanted) or not least <= value < math.inf:
        shown = "a whole number" if kind is int else "a number"
        hint = "; YAML takes 1e-4 for a text, write 1.0e-4" if isinstance(value, str) else ""
        raise ConfigError(f"{where}: expected {shown} of at least {least}, found {value!r}{hint}")
