"""The baseline: weighted character n-grams and words with a linear classifier a head. The floor for larger models.

Three fields of an exchange are read apart, so that a word of the customer's is not taken for one of the agent's: the
reply, the customer's last words, and the context with both speakers. Each field gives two groups of features,
character 1- to 4-grams and jieba words, weighted by TF-IDF (sublinear: 1 + log count; idf = 1 + log((1 + n) / (1 +
df))) and each of length 1. Ordinal and nominal heads are softmax over the labels, multi-label heads one logistic
function a label. Prediction needs numpy and jieba; fitting is in :mod:`csnlp.training.baseline`.

A stored model is a folder: ``csnlp.json`` (kind, name, version, heads), ``vocabulary.json`` and
``weights.safetensors``.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from csnlp.errors import ModelError
from csnlp.heads import HEADS
from csnlp.models.calibration import probabilities
from csnlp.models.folder import read_settings, write_settings
from csnlp.models.jieba_words import words
from csnlp.models.shapes import check_shapes
from csnlp.text import fold_text
from csnlp.types import Exchange, FloatArray, Prediction, Turn

Ints = npt.NDArray[np.int64]
_Tensors = Mapping[str, npt.NDArray[Any]]

FIELDS = ("reply", "customer", "context")
CONTEXT_TURNS = 6
LONGEST_NGRAM = 4

# Placeholders of anonymised sets and real numbers are read alike; masked emoji are left out.
_MASKED_EMOJI = re.compile(r"#e-s(?:\[数字x\]|\d+)")
_NUMBER = re.compile(r"\[[a-z\u4e00-\u9fff]{2,8}(?:x|_\d+)\]|\d+(?:\.\d+)?")


def field_texts(exchange: Exchange) -> dict[str, str]:
    """The folded text of each of :data:`FIELDS`, numbers and placeholders as ``0``."""
    turns = exchange.context
    end = max((number for number, turn in enumerate(turns, 1) if turn.role == "customer"), default=0)
    start = end
    while start and turns[start - 1].role == "customer":
        start -= 1
    return {
        "reply": _folded(exchange.reply),
        "customer": _joined(turns[start:end]),
        "context": _joined(turns[-CONTEXT_TURNS:]),
    }


def char_terms(text: str) -> list[str]:
    """Every 1- to 4-gram of characters, word boundaries ignored."""
    return [text[at : at + size] for size in range(1, LONGEST_NGRAM + 1) for at in range(len(text) - size + 1)]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The terms of one field by feature number, n-grams first, and their ``idf`` (shape (features,))."""

    chars: Mapping[str, int]
    words: Mapping[str, int]
    idf: FloatArray

    def vector(self, text: str) -> tuple[Ints, FloatArray]:
        """``text`` as feature numbers and their weights, both of shape (known distinct terms,)."""
        parts = [self._part(self.chars, char_terms(text)), self._part(self.words, words(text))]
        return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])

    def _part(self, known: Mapping[str, int], terms: list[str]) -> tuple[Ints, FloatArray]:
        counts = Counter(known[term] for term in terms if term in known)
        numbers = np.fromiter(counts.keys(), np.int64, len(counts))
        weights = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.idf[numbers]
        return numbers, (weights / max(float(np.linalg.norm(weights)), 1e-12)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class LinearHead:
    """The classifier of one head: for each field it reads, weights of shape (features, labels); bias (labels,)."""

    weights: Mapping[str, FloatArray]
    bias: FloatArray


@dataclass(frozen=True, slots=True)
class BaselineModel:
    """A fitted baseline (see the module). A head that it was not taught is absent."""

    vocabularies: Mapping[str, Vocabulary]
    heads: Mapping[str, LinearHead]
    name: str = "baseline"
    version: str = "0"
    about: Mapping[str, Any] = field(default_factory=dict)
    folder: Path | None = field(default=None, compare=False)

    def predict(self, exchanges: Sequence[Exchange], /) -> Prediction:
        """The probabilities of every head. Each exchange is computed by itself: a batch changes no number."""
        logits = {name: np.zeros((len(exchanges), len(head.bias)), np.float32) for name, head in self.heads.items()}
        for row, exchange in enumerate(exchanges):
            texts = field_texts(exchange)
            vectors = {name: vocabulary.vector(texts[name]) for name, vocabulary in self.vocabularies.items()}
            for name, head in self.heads.items():
                logits[name][row] = head.bias
                for read, weights in head.weights.items():
                    numbers, values = vectors[read]
                    logits[name][row] += values @ weights[numbers]
        return Prediction({name: probabilities(HEADS[name], values, {}) for name, values in logits.items()})

    def save(self, folder: str | Path) -> None:
        """Write the model into ``folder``, which is made when it is not there. Weights are stored as float16."""
        from safetensors.numpy import save

        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        terms = {n: {"chars": list(v.chars), "words": list(v.words)} for n, v in self.vocabularies.items()}
        tensors: dict[str, npt.NDArray[Any]] = {
            f"{name}.idf": vocabulary.idf for name, vocabulary in self.vocabularies.items()
        }
        for name, head in self.heads.items():
            tensors[f"{name}.bias"] = head.bias
            tensors |= {f"{name}.{read}": matrix.astype(np.float16) for read, matrix in head.weights.items()}
        heads = {n: {"labels": HEADS[n].labels, "fields": list(head.weights)} for n, head in self.heads.items()}
        settings = {"kind": "baseline", "name": self.name, "version": self.version, "heads": heads, **self.about}
        # Not save_file: it makes a file that only its owner can read.
        weights = save({name: np.ascontiguousarray(array) for name, array in tensors.items()})
        (folder / "weights.safetensors").write_bytes(weights)
        vocabulary = json.dumps(terms, ensure_ascii=False) + "\n"
        (folder / "vocabulary.json").write_text(vocabulary, encoding="utf-8")
        write_settings(folder, settings)

    @classmethod
    def load(cls, folder: str | Path) -> BaselineModel:
        """Read a model that :meth:`save` wrote. Raises :class:`csnlp.errors.ModelError` when it is not one."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        folder = Path(folder)
        settings = read_settings(folder)
        if settings["kind"] != "baseline":
            raise ModelError(f"{folder} holds a model of kind {settings['kind']!r}, not a baseline")
        try:
            terms = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
            tensors = load_file(folder / "weights.safetensors")
            vocabularies = {name: _vocabulary(name, terms[name], tensors) for name in terms}
            heads = {name: _head(name, head, tensors, vocabularies) for name, head in settings.pop("heads").items()}
            name, version = settings.pop("name"), settings.pop("version")
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, SafetensorError) as error:
            raise ModelError(f"{folder} holds no complete baseline model: {error!r}") from error
        return cls(vocabularies, heads, name, version, {k: v for k, v in settings.items() if k != "kind"}, folder)


def number_terms(chars: Sequence[str], words: Sequence[str], idf: FloatArray) -> Vocabulary:
    """A vocabulary whose features are ``chars`` and then ``words``, in this order."""
    return Vocabulary(
        chars={term: number for number, term in enumerate(chars)},
        words={term: number for number, term in enumerate(words, len(chars))},
        idf=idf,
    )


def _vocabulary(name: str, terms: Mapping[str, list[str]], tensors: _Tensors) -> Vocabulary:
    if name not in FIELDS:
        raise ValueError(f"vocabulary.json has {name!r}; the fields are {', '.join(FIELDS)}")
    idf = _tensor(tensors, f"{name}.idf", len(terms["chars"]) + len(terms["words"]))
    return number_terms(terms["chars"], terms["words"], idf)


def _head(
    name: str, settings: Mapping[str, Any], tensors: _Tensors, vocabularies: Mapping[str, Vocabulary]
) -> LinearHead:
    if name not in HEADS or tuple(settings["labels"]) != HEADS[name].labels:
        raise ValueError(f"head {name!r} has other labels than this version of csnlp; train the model anew")
    labels = len(HEADS[name].labels)
    features = {read: len(vocabularies[read].idf) for read in settings["fields"]}
    weights = {read: _tensor(tensors, f"{name}.{read}", count, labels) for read, count in features.items()}
    return LinearHead(weights, _tensor(tensors, f"{name}.bias", labels))


def _tensor(tensors: _Tensors, name: str, *shape: int) -> FloatArray:
    """The tensor ``name`` as float32; :class:`ValueError` when it is absent or not of this ``shape``."""
    check_shapes({known: array.shape for known, array in tensors.items()}, [(name, shape)])
    return tensors[name].astype(np.float32)


def _folded(text: str) -> str:
    return _NUMBER.sub("0", _MASKED_EMOJI.sub("", fold_text(text)))


def _joined(turns: Sequence[Turn]) -> str:
    return "\n".join(_folded(turn.text) for turn in turns)
