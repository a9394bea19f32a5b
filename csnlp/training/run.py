"""``csnlp train``: from a recipe to a model folder."""

from __future__ import annotations

import warnings
from collections.abc import Collection
from importlib import import_module
from pathlib import Path

from csnlp.errors import ConfigError, CsnlpWarning, MissingExtra
from csnlp.training.config import TrainConfig, adapt_config, at_fold, read_config, train_config


def train(recipe: Path, fold: int | None = None) -> Path:
    """Train what ``recipe`` (YAML, see models/recipes) describes; returns the folder of the finished model.

    ``fold``: hold out this part of the groups (from 0) and write to ``<output>-fold<fold>``.

    A run that was stopped goes on where its last checkpoint was. Raises :class:`csnlp.errors.ConfigError` for a wrong
    recipe and :class:`csnlp.errors.MissingExtra` when the extra ``train`` is not installed.
    """
    data = read_config(recipe)
    kind = data.get("kind", "bert")
    if fold is not None and kind != "bert":
        raise ConfigError(f"{recipe}: kind {kind}: has no folds")
    if kind == "baseline":
        from csnlp.training.baseline import train_baseline

        return train_baseline(data, recipe.parent)
    if kind == "adapt":
        _need_training_packages()
        from csnlp.training.adapt import adapt

        return adapt(adapt_config(data, recipe.parent, str(recipe)))
    if kind != "bert":
        raise ConfigError(f"{recipe}: kind: expected bert, adapt or baseline, found {kind!r}")
    config = train_config(data, recipe.parent, str(recipe))
    return train_bert(config if fold is None else at_fold(config, fold))


def train_bert(config: TrainConfig) -> Path:
    """Fine-tune, fit the temperatures on the validation file, and write ``<output>/model``."""
    _need_training_packages()
    from csnlp.models.bert import BertModel
    from csnlp.models.folder import read_settings, write_settings
    from csnlp.training.base import check_base, describe_base, tokenizer_from_base
    from csnlp.training.course import read_course
    from csnlp.training.export import export_model, new_model
    from csnlp.training.finetune import best_network, finetune
    from csnlp.training.record import keep_record

    check_base(config.base, config.max_tokens)  # what is missing is told before the work
    for other, _ in config.average_with:
        read_settings(other)
    config.output.mkdir(parents=True, exist_ok=True)
    keep_record(config)
    course = read_course(config)
    if not config.task:
        _warn_of_lost_heads(config.base, course.taught)
    finetune(config, course)
    network, tokenizer = best_network(config, course), tokenizer_from_base(config.base)
    settings = {"name": config.name, "version": config.version, "base": describe_base(config.base)}
    with new_model(config.output / "model") as folder:
        export_model(folder, network, tokenizer, settings, course.taught)
        # Calibrated as it will run: on the CPU engine, with the weights as they are stored.
        temperatures = course.calibrate(BertModel.from_folder(folder))
        write_settings(folder, {**read_settings(folder), "temperatures": temperatures})
    return config.output / "model"


def _warn_of_lost_heads(base: str, taught: Collection[str]) -> None:
    """Say so where no source teaches a head that the base has: it would move with the encoder, and is left out."""
    from csnlp.models.folder import SETTINGS_FILE, read_settings

    if not (Path(base) / SETTINGS_FILE).is_file():
        return
    if lost := [head for head in read_settings(Path(base)).get("heads", ()) if head not in taught]:
        told = f"no source teaches {', '.join(lost)}, so the model will not have what its base has"
        warnings.warn(f"{told}; name the base as the teacher of a source to keep it", CsnlpWarning, stacklevel=3)


def _need_training_packages() -> None:
    for package in ("torch", "transformers", "datasets", "onnx", "matplotlib", "jieba"):  # before the work, not after
        try:
            import_module(package)
        except ImportError as error:
            raise MissingExtra(package, "train") from error
