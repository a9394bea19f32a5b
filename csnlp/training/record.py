"""``run.json``: the settings that a run folder's checkpoint was made with, so that no other run goes on from it."""

from __future__ import annotations

import json
import os
from dataclasses import fields
from typing import Any

from csnlp.errors import ConfigError
from csnlp.training.config import AdaptConfig, Source, TrainConfig

_FREE = ("output", "log_every", "threads")
"""Settings that may change from one start to the next."""


def keep_record(config: TrainConfig | AdaptConfig) -> None:
    """Write the record of ``config`` into its folder; a checkpoint without a record is taken to be of this run.

    Raises :class:`csnlp.errors.ConfigError` when the folder's checkpoint was made with other settings.
    """
    path = config.output / "run.json"
    record = _record(config)
    if path.exists() and (config.output / "last.safetensors").exists():
        try:
            kept = dict(json.loads(path.read_text(encoding="utf-8")))
        except ValueError as error:
            raise ConfigError(f"{path} is broken ({error}); delete it if the recipe is that of the run") from None
        if changed := [name for name in {**record, **kept} if record.get(name) != kept.get(name)]:
            raise ConfigError(
                f"{config.output} holds a run with other settings ({', '.join(changed)} changed since); give another "
                f"output folder, or delete this one to begin anew"
            )
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    os.replace(partial, path)


def _record(config: TrainConfig | AdaptConfig) -> dict[str, Any]:
    settings = _changed(config)
    if isinstance(config, TrainConfig):
        settings["sources"] = [_changed(source) for source in config.sources]
    settings = {name: value for name, value in settings.items() if name not in _FREE}
    return dict(json.loads(json.dumps(settings, default=str)))


def _changed(settings: TrainConfig | AdaptConfig | Source) -> dict[str, Any]:
    """The settings that are not at their defaults: one that csnlp learned since a run was begun does not change it."""
    return {f.name: value for f in fields(settings) if (value := getattr(settings, f.name)) != f.default}
