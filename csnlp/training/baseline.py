"""Fits the baseline (:mod:`csnlp.models.baseline`): a vocabulary a field, then a logistic regression a head."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from csnlp.errors import ConfigError, MissingExtra
from csnlp.evaluation.gold import Target, read_gold, targets_of
from csnlp.heads import HEADS, Head
from csnlp.models.baseline import FIELDS, BaselineModel, LinearHead, Vocabulary, char_terms, field_texts, number_terms
from csnlp.models.folder import SETTINGS_FILE, read_settings
from csnlp.models.jieba_words import words
from csnlp.types import Exchange, FloatArray

Ints = npt.NDArray[np.int64]

NEVER = -50.0
"""The bias of a label that was never seen: its probability is 0 to within float32."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which fields a head reads, and the inverse ``strength`` of its L2 penalty (C of scikit-learn)."""

    reads: tuple[str, ...]
    strength: float


# Chosen on contexts held out of the training set, before the validation set was looked at.
PLANS: dict[str, Plan] = {
    "politeness": Plan(("reply",), 8.0),
    "accuracy": Plan(("reply", "customer"), 1.0),
    "applicability": Plan(("reply", "customer"), 2.0),
    "complaint": Plan(("context",), 8.0),
    "complaint_type": Plan(("context",), 4.0),
    "acts": Plan(("reply",), 16.0),
    "satisfaction": Plan(("reply", "context"), 0.5),
}


@dataclass(frozen=True, slots=True)
class BaselineConfig:
    """A run: labelled files (:mod:`csnlp.evaluation.gold`) and where the model goes.

    ``min_rows``: a term must occur in so many rows; ``max_terms``: at most so many n-grams, and words, a field;
    ``min_cases``: a head needs two labels with so many cases (a multi-label one: a label, for and against);
    ``balance``: how far rare labels are weighted up, 0 (not) to 1 (all labels weigh the same).
    """

    output: Path
    sources: tuple[Path, ...]
    name: str = "baseline"
    version: str = "1"
    min_rows: int = 3
    max_terms: int = 30_000
    min_cases: int = 5
    balance: float = 0.5


def train_baseline(config: Mapping[str, Any], folder: str | Path = ".") -> Path:
    """Fit a baseline as ``config`` says (keys of :class:`BaselineConfig`) and save it; returns its folder.

    Relative paths are relative to ``folder``. Raises :class:`csnlp.errors.ConfigError` for a wrong key or value and
    :class:`csnlp.errors.InputError` for a wrong row.
    """
    settings = _config(config, Path(folder))
    if (settings.output / SETTINGS_FILE).is_file() and read_settings(settings.output)["kind"] != "baseline":
        raise ConfigError(f"output: {settings.output} holds a model of another kind; give another folder")
    rows = [row for source in settings.sources for row in read_gold(source)]
    model = fit_baseline(
        [row.exchange for row in rows],
        [row.labels for row in rows],
        name=settings.name,
        version=settings.version,
        min_rows=settings.min_rows,
        max_terms=settings.max_terms,
        min_cases=settings.min_cases,
        balance=settings.balance,
    )
    model.save(settings.output)
    return settings.output


def fit_baseline(
    exchanges: Sequence[Exchange],
    labels: Sequence[Mapping[str, Target]],
    *,
    name: str = "baseline",
    version: str = "1",
    min_rows: int = 3,
    max_terms: int = 30_000,
    min_cases: int = 5,
    balance: float = 0.5,
) -> BaselineModel:
    """Fit on ``exchanges`` and, for each, its labels by head (see :func:`csnlp.evaluation.gold.parse_labels`).

    The options are those of :class:`BaselineConfig`. A head with too few labels is absent from the model. Raises
    :class:`csnlp.errors.ConfigError` when no head can be taught, :class:`csnlp.errors.MissingExtra` without
    scikit-learn and jieba.
    """
    if len(exchanges) != len(labels):
        raise ValueError(f"{len(exchanges)} exchanges but {len(labels)} labellings; give one for each")
    _package("sklearn.linear_model")  # complain of a missing package before the work
    taught: dict[str, tuple[Ints, Ints]] = {}
    for head in HEADS.values():
        kept, gold = targets_of(labels, head)
        if _enough(head, gold, min_cases):
            taught[head.name] = kept, gold
    if not taught:
        raise ConfigError(f"no head has labels enough to be taught ({min_cases} cases of two labels)")
    texts = [field_texts(exchange) for exchange in exchanges]
    read = [field for field in FIELDS if any(field in PLANS[head].reads for head in taught)]
    vocabularies = {f: _fit_vocabulary([text[f] for text in texts], min_rows, max_terms) for f in read}
    features = {f: _matrix(vocabulary, [text[f] for text in texts]) for f, vocabulary in vocabularies.items()}
    heads = {
        head: _fit_head(HEADS[head], {f: features[f][kept] for f in PLANS[head].reads}, gold, balance)
        for head, (kept, gold) in taught.items()
    }
    about = {"rows": {head: len(kept) for head, (kept, _) in taught.items()}}
    return BaselineModel(vocabularies, heads, name, version, about)


def _enough(head: Head, gold: Ints, min_cases: int) -> bool:
    if head.kind == "multilabel":
        cases = gold.sum(axis=0)
        return bool((np.minimum(cases, len(gold) - cases) >= min_cases).any())
    return int((np.bincount(gold, minlength=2) >= min_cases).sum()) >= 2


def _fit_vocabulary(texts: Sequence[str], min_rows: int, max_terms: int) -> Vocabulary:
    """The commonest ``max_terms`` terms of each kind in at least ``min_rows`` texts, in a fixed order."""
    kinds: list[dict[str, int]] = []
    analysers: tuple[Callable[[str], list[str]], ...] = (char_terms, words)
    for analyse in analysers:
        rows = Counter(term for text in texts for term in set(analyse(text)))
        common = sorted((-count, term) for term, count in rows.items() if count >= min_rows)[:max_terms]
        kinds.append({term: -count for count, term in sorted(common, key=lambda pair: pair[1])})
    counts = np.array([count for kind in kinds for count in kind.values()], dtype=np.float64)
    idf = 1 + np.log((1 + len(texts)) / (1 + counts))
    return number_terms(list(kinds[0]), list(kinds[1]), idf.astype(np.float32))


def _matrix(vocabulary: Vocabulary, texts: Sequence[str]) -> Any:
    """The texts as a sparse matrix (rows, features)."""
    vectors = [vocabulary.vector(text) for text in texts]
    ends = np.cumsum([0, *(len(numbers) for numbers, _ in vectors)])
    numbers = np.concatenate([numbers for numbers, _ in vectors])
    values = np.concatenate([values for _, values in vectors]).astype(np.float64)
    return _package("scipy.sparse").csr_matrix((values, numbers, ends), shape=(len(texts), len(vocabulary.idf)))


def _fit_head(head: Head, features: Mapping[str, Any], gold: Ints, balance: float) -> LinearHead:
    matrix = _package("scipy.sparse").hstack(list(features.values())).tocsr()
    strength = PLANS[head.name].strength
    if head.kind == "multilabel":
        columns = [_fit_label(matrix, column, strength, balance) for column in gold.T]
        weights, bias = np.stack([w for w, _ in columns], axis=1), np.array([b for _, b in columns])
    else:
        weights, bias = _fit_labels(matrix, gold, len(head.labels), strength, balance)
    # Rounded as they will be stored: a model gives the same numbers before and after.
    rounded: FloatArray = weights.astype(np.float16).astype(np.float32)
    ends = np.cumsum([part.shape[1] for part in features.values()])
    return LinearHead(dict(zip(features, np.split(rounded, ends[:-1]), strict=True)), bias.astype(np.float32))


def _fit_labels(matrix: Any, gold: Ints, labels: int, strength: float, balance: float) -> tuple[Any, Any]:
    """Weights (features, labels) and bias (labels,) of a softmax."""
    fitted = _fit(matrix, gold, strength, balance)
    weights, bias = np.zeros((matrix.shape[1], labels)), np.full(labels, NEVER)
    if len(fitted.classes_) == 2:  # scikit-learn then gives the second label's logit against the first
        weights[:, fitted.classes_[1]] = fitted.coef_[0]
        bias[fitted.classes_] = 0.0, fitted.intercept_[0]
    else:
        weights[:, fitted.classes_] = fitted.coef_.T
        bias[fitted.classes_] = fitted.intercept_
    return weights, bias


def _fit_label(matrix: Any, gold: Ints, strength: float, balance: float) -> tuple[Any, float]:
    """Weights (features,) and bias of one label; the bare odds where there is nothing to learn from."""
    cases = int(gold.sum())
    if not 0 < cases < len(gold):
        return np.zeros(matrix.shape[1]), float(np.log((cases + 0.5) / (len(gold) - cases + 0.5)))
    fitted = _fit(matrix, gold, strength, balance)
    return fitted.coef_[0], float(fitted.intercept_[0])


def _fit(matrix: Any, gold: Ints, strength: float, balance: float) -> Any:
    seen, cases = np.unique(gold, return_counts=True)
    weight = {int(label): (len(gold) / (len(seen) * n)) ** balance for label, n in zip(seen, cases, strict=True)}
    regression = _package("sklearn.linear_model").LogisticRegression
    return regression(C=strength, class_weight=weight, max_iter=500).fit(matrix, gold)


def _package(name: str) -> Any:
    """A module of scikit-learn or of scipy, which comes with it."""
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingExtra("scikit-learn", "train") from error


def _config(config: Mapping[str, Any], folder: Path) -> BaselineConfig:
    data = {key: value for key, value in config.items() if key != "kind"}
    known = [field.name for field in fields(BaselineConfig)]
    if unknown := sorted(set(data) - set(known)):
        raise ConfigError(f"baseline: unknown setting {unknown[0]!r}; known: {', '.join(known)}")
    sources = data.get("sources")
    if not isinstance(sources, list | tuple) or not sources or not all(isinstance(s, str | Path) for s in sources):
        raise ConfigError("baseline: sources: give a list of labelled files")
    if not isinstance(data.get("output"), str | Path):
        raise ConfigError("baseline: output: give the folder that the model is written to")
    for field in fields(BaselineConfig):
        if isinstance(field.default, int | float) and not isinstance(data.get(field.name, 0), int | float):
            raise ConfigError(f"baseline: {field.name}: is {data[field.name]!r:.40}, not a number; say {field.default}")
    data["sources"] = tuple(folder / source for source in sources)
    data["output"] = folder / data["output"]
    data |= {key: str(data[key]) for key in ("name", "version") if key in data}
    return BaselineConfig(**data)
