"""What every folder with a model of csnlp's has: its settings, and the digest that it is known by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from csnlp.errors import ModelError
from csnlp.models.protocol import Model

SETTINGS_FILE = "csnlp.json"
"""Kind, name, version, heads with their labels, and what else the kind of model needs."""

_DIGESTED = (SETTINGS_FILE, "tokenizer.json", "vocabulary.json")
_BLOCK = 1 << 20


def read_settings(folder: Path) -> dict[str, Any]:
    """The settings of a model folder; raises :class:`csnlp.errors.ModelError` when there is none."""
    path = folder / SETTINGS_FILE
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        within = f"; is {folder / 'model'} meant?" if (folder / "model" / SETTINGS_FILE).is_file() else ""
        raise ModelError(
            f"{folder} is not a model folder: it has no {path.name} (csnlp train writes one){within}"
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{folder} is not a model folder: {path.name}: {error}; csnlp train writes one") from error
    if not isinstance(settings, dict) or "kind" not in settings:
        raise ModelError(f"{path}: has no kind; was it written by csnlp train?")
    return settings


def write_settings(folder: Path, settings: Mapping[str, Any]) -> None:
    """Write ``settings``, as :func:`read_settings` reads them."""
    text = json.dumps(settings, ensure_ascii=False, indent=2) + "\n"
    (folder / SETTINGS_FILE).write_text(text, encoding="utf-8")


def model_digest(model: Model) -> str:
    """A short hash of the files that ``model`` was loaded from; "none" for a model that has no folder or file.

    It tells two models apart that have the same name and version.
    """
    given = getattr(model, "folder", None)
    if given is None:
        return "none"
    folder = Path(given)
    files = sorted(_digested(folder))
    whole = hashlib.sha256()
    for path in files:
        whole.update(path.relative_to(folder).as_posix().encode() + b"\0" + _hash(path))
    return whole.hexdigest()[:16] if files else "none"


def _digested(folder: Path) -> Iterable[Path]:
    """What a model in ``folder`` is made of: of csnlp's own kinds that is known, of another's it may be every file."""
    if (folder / SETTINGS_FILE).exists():
        return [path for path in folder.iterdir() if path.suffix in (".onnx", ".safetensors") or path.name in _DIGESTED]
    return [path for path in folder.rglob("*") if path.is_file() and not _is_passing(path.relative_to(folder))]


def _is_passing(path: Path) -> bool:
    """Caches and the like, which come and go while the model stays the same."""
    return any(part == "__pycache__" or part.startswith(".") for part in path.parts)


def _hash(path: Path) -> bytes:
    whole = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            whole.update(block)
    return whole.digest()
