"""The rule book: what the total is made of, and when a person should look.

A book is a YAML file. The bundled one is ``taobao``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from csnlp.errors import ConfigError
from csnlp.heads import HEADS

_FOLDER = Path(__file__).parent / "books"
_KEYS = ("name", "version", "review_below", "weights")


@dataclass(frozen=True, slots=True)
class RuleBook:
    """``weights``: ordinal head → its weight in the total (only their proportions matter).

    ``review_below``: a verdict with a probability under this (0..1) is marked for human review.
    """

    name: str
    version: str
    review_below: float
    weights: Mapping[str, float]

    @property
    def digest(self) -> str:
        """A short hash of the content: two books with the same name and version can still differ."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]


def load_book(book: str | Path | RuleBook = "taobao") -> RuleBook:
    """A bundled book by its name, a book from a file, or a book itself.

    Raises :class:`csnlp.errors.ConfigError`, naming file, key and what is allowed.
    """
    if isinstance(book, RuleBook):
        return book
    bundled = {path.stem: path for path in sorted(_FOLDER.glob("*.yaml"))}
    path = bundled.get(str(book), Path(book))
    if not path.is_file():
        raise ConfigError(f"no rule book {str(book)!r}: it is no file, and the bundled ones are {', '.join(bundled)}")
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: not a YAML file in UTF-8: {error}") from None
    return _book(data, path)


def _book(data: Any, path: Path) -> RuleBook:
    if not isinstance(data, dict) or set(data) != set(_KEYS):
        raise ConfigError(f"{path}: expected exactly the keys {', '.join(_KEYS)}")
    floor, weights = data["review_below"], data["weights"]
    if not _is_number(floor) or not 0 <= floor <= 1:
        raise ConfigError(f"{path}: review_below: expected a number from 0 to 1, found {floor!r}")
    ordinal = [name for name, head in HEADS.items() if head.kind == "ordinal"]
    if not isinstance(weights, dict) or not weights or not set(weights) <= set(ordinal):
        raise ConfigError(f"{path}: weights: expected heads among {', '.join(ordinal)} with numbers")
    if not all(_is_number(weight) and weight > 0 for weight in weights.values()):
        raise ConfigError(f"{path}: weights: expected numbers above 0")
    return RuleBook(str(data["name"]), str(data["version"]), float(floor), {k: float(v) for k, v in weights.items()})


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
