"""``run.json``: the settings and data that a run folder's checkpoint was made with, so that no other run goes on from
it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from csnlp.errors import ConfigError
from csnlp.training.config import AdaptConfig, TrainConfig

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
        if changed := [name for name in kept if _differs(record.get(name), kept[name])]:
            if changed == ["data"]:
                files = [name for name, digest in kept["data"].items() if record["data"].get(name) != digest]
                changed = [Path(name).name for name in files]
            raise ConfigError(
                f"{config.output} holds a run with other settings or data ({', '.join(changed)} changed since); give "
                f"another output folder, or delete this one to begin anew"
            )
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    os.replace(partial, path)


def _record(config: TrainConfig | AdaptConfig) -> dict[str, Any]:
    settings = {name: value for name, value in asdict(config).items() if name not in _FREE}
    data = {str(path): _digest(path) for path in _files(config)}
    return dict(json.loads(json.dumps({**settings, "data": data}, default=str)))


def _files(config: TrainConfig | AdaptConfig) -> list[Path]:
    if isinstance(config, AdaptConfig):
        return list(config.texts)
    named = [path for source in config.sources for path in (source.path, source.labels)]
    return sorted({path for path in (*named, config.validation) if path})


def _digest(path: Path) -> str:
    if not path.is_file():
        raise ConfigError(f"{path} is not a file; name one that is there")
    return sha256(path.read_bytes()).hexdigest()


def _differs(value: object, kept: object) -> bool:
    """Whether a setting is another one than that kept; what the record does not mention, csnlp has learned since."""
    if isinstance(value, dict) and isinstance(kept, dict):
        return any(name not in value or _differs(value[name], kept[name]) for name in kept)
    if isinstance(value, list) and isinstance(kept, list):
        return len(value) != len(kept) or any(map(_differs, value, kept))
    return value != kept
