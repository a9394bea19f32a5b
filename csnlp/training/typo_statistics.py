"""Makes the statistics of :mod:`csnlp.typos`: counts of characters in a row, and the weights of what they say.

    python -m csnlp.training.typo_statistics TEXT... [--leave-out EXCHANGES]... [--to csnlp/typos]

TEXT is a text file (a line a text) or JSON lines (every string in them), gzip or not. The replies of the EXCHANGES are
left out, so that they may serve to measure. jieba's dictionary adds words that the texts lack. The weights are fitted
on a tenth of the texts that the counts do not see: in every other text one character is replaced by one it may be
mistaken for. The counts that are written see all the texts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file

from csnlp.text.fold import fold_text
from csnlp.typos.characters import FEATURES, CharacterModel
from csnlp.typos.confusions import SAME_SOUND, confusions
from csnlp.typos.ngrams import BREAK, SPECIAL, NGrams, Tables, encode_counts
from csnlp.typos.symbols import squeeze, symbols

Counts = npt.NDArray[np.float64]
Keys = npt.NDArray[np.int64]

_LEAST_CHARACTER = 3
_LEAST_TRIPLE = 2
# A word of the dictionary counts as if the texts held it this often for each of its own occurrences, and once at least.
_WORD_WEIGHT = 0.02
_LEAST_WORD = 30
_DICTIONARY_CHARACTERS = 5500
# A pair seen this often needs no second look, unless another pair it may be mistaken for is so much more frequent.
_ORDINARY = 8
_RIVAL = 100


def main() -> None:
    """The command that the module describes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", nargs="+", type=Path)
    parser.add_argument("--leave-out", action="append", default=[], type=Path)
    parser.add_argument("--to", type=Path, default=Path(__file__).parents[1] / "typos")
    options = parser.parse_args()
    left_out = {fold_text(row["reply"]) for path in options.leave_out for row in map(json.loads, _lines(path))}
    texts = sorted({text for path in options.texts for text in _texts(path)} - left_out)
    random.Random(1).shuffle(texts)
    held = len(texts) // 10
    words = _dictionary()
    weights = fit(NGrams(count(texts[held:], words)), texts[:held])
    (options.to / "weights.json").write_text(json.dumps(weights, indent=2) + "\n", encoding="utf-8")
    save_file(count(texts, words), options.to / "ngrams.safetensors")


def count(texts: Iterable[str], words: dict[str, int]) -> Tables:
    """The tables of :class:`csnlp.typos.ngrams.NGrams` for folded ``texts`` and ``words`` with their frequencies."""
    text = re.sub(f"{BREAK}+", BREAK, "".join(squeeze(symbols(each))[0] for each in texts))
    characters = _characters(text, words)
    number = {character: i for i, character in enumerate(characters)}
    size = len(characters)
    numbers = np.full(0x110000, number[SPECIAL[3]], np.int64)
    numbers[list(map(ord, characters))] = np.arange(size)
    row = numbers[np.frombuffer(text.encode("utf-32-le"), "<u4")]
    ones = np.bincount(row, minlength=size).astype(np.float64)
    pairs: defaultdict[int, float] = defaultdict(float)
    triples: defaultdict[int, float] = defaultdict(float)
    for word, frequency in words.items():
        if 2 <= len(word) <= 4 and frequency >= _LEAST_WORD and all(character in number for character in word):
            ids = [number[character] for character in word]
            seen = frequency * _WORD_WEIGHT
            for a in ids:
                ones[a] += seen
            for a, b in pairwise(ids):
                pairs[a * size + b] += max(seen, 1)
            for a, b, c in zip(ids, ids[1:], ids[2:], strict=False):
                triples[(a * size + b) * size + c] += max(seen, _LEAST_TRIPLE)
    inner = row[1:-1] != 0
    pair_keys, pair_counts = _tally(row[:-1] * size + row[1:], pairs)
    triple_keys, triple_counts = _tally(((row[:-2] * size + row[1:-1]) * size + row[2:])[inner], triples)
    kept = triple_counts >= _LEAST_TRIPLE
    triple_keys, triple_counts = triple_keys[kept], triple_counts[kept]
    starts = np.searchsorted(triple_keys // size, np.append(pair_keys, size * size))
    return {
        "characters": np.array(list(map(ord, characters)), np.uint32),
        "ones": encode_counts(np.maximum(ones, 1)),
        "pair_start": np.searchsorted(pair_keys // size, np.arange(size + 1)).astype(np.uint32),
        "pair_next": (pair_keys % size).astype(np.uint16),
        "pair_count": encode_counts(pair_counts),
        "ordinary": np.packbits(_ordinary(pair_keys, pair_counts, characters)),
        "triple_start": starts.astype(np.uint32),
        "triple_next": (triple_keys % size).astype(np.uint16),
        "triple_count": encode_counts(triple_counts),
    }


def _characters(text: str, words: dict[str, int]) -> str:
    """The characters that get a number: the special ones, those of the texts, the frequent ones of the dictionary."""
    found = [character for character, n in Counter(text).most_common() if n >= _LEAST_CHARACTER]
    written: Counter[str] = Counter()
    for word, frequency in words.items():
        for character in word:
            if symbols(character) == character != BREAK:
                written[character] += frequency
    found += [character for character, _ in written.most_common(_DICTIONARY_CHARACTERS)]
    return "".join(dict.fromkeys((*SPECIAL, *found)))


def _tally(keys: Keys, more: Mapping[int, float]) -> tuple[Keys, Counts]:
    """The distinct ``keys`` in order and how often each occurs, ``more`` added."""
    every = np.concatenate([keys, np.fromiter(more, np.int64, len(more))])
    weights = np.concatenate([np.ones(len(keys)), np.fromiter(more.values(), np.float64, len(more))])
    distinct, index = np.unique(every, return_inverse=True)
    return distinct, np.bincount(index, weights).astype(np.float64)


def _ordinary(keys: Keys, counts: Counts, characters: str) -> npt.NDArray[np.bool_]:
    """Whether each pair (by key) needs no second look."""
    size = len(characters)
    number = {character: i for i, character in enumerate(characters)}
    frequency = dict(zip(keys.tolist(), counts.tolist(), strict=True))
    others = [[number[o] for o in confusions(character) if o in number] for character in characters]
    ordinary = counts >= _ORDINARY
    for at in np.flatnonzero(ordinary & (counts * _RIVAL < counts.max())):
        a, b = divmod(int(keys[at]), size)
        rivals = (*(o * size + b for o in others[a]), *(a * size + o for o in others[b]))
        ordinary[at] = all(frequency.get(rival, 0.0) <= counts[at] * _RIVAL for rival in rivals)
    return ordinary


def fit(ngrams: NGrams, texts: Iterable[str]) -> dict[str, float]:
    """The weights of :data:`csnlp.typos.characters.FEATURES` and the bias, by logistic regression."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = CharacterModel(ngrams, ())
    rng = random.Random(5)
    rows: list[tuple[float, ...]] = []
    right: list[bool] = []
    for text in texts:
        written, _ = squeeze(symbols(text[:400]))
        slip = _slip(ngrams, written, rng) if rng.random() < 0.5 else None
        at, read = slip if slip else (-9, written)
        for change in model.changes(read):
            if change.index == at or abs(change.index - at) > 2:
                rows.append(change.features)
                right.append(change.index == at and change.new == written[at])
    scaler, regression = fitted = make_pipeline(StandardScaler(), LogisticRegression())
    fitted.fit(np.array(rows), np.array(right))
    weights = regression.coef_[0] / scaler.scale_
    bias = regression.intercept_[0] - float(weights @ scaler.mean_)
    return dict(zip((*FEATURES, "bias"), (round(float(w), 5) for w in (*weights, bias)), strict=True))


def _slip(ngrams: NGrams, text: str, rng: random.Random) -> tuple[int, str] | None:
    """``text`` with one character mistaken, and where; the frequent mistakes most often. None where none can be."""
    places = [i for i, character in enumerate(text) if ngrams.number(character) >= len(SPECIAL)]
    if not places:
        return None
    at = rng.choice(places)
    others = {o: kind for o, kind in confusions(text[at]).items() if ngrams.one(ngrams.number(o)) >= 5}
    if not others:
        return None
    odds = [ngrams.one(ngrams.number(o)) ** 0.5 * (1 if kind == SAME_SOUND else 0.25) for o, kind in others.items()]
    return at, text[:at] + rng.choices(list(others), odds)[0] + text[at + 1 :]


def _dictionary() -> dict[str, int]:
    """jieba's words and how often it saw each."""
    import jieba

    with jieba.Tokenizer().get_dict_file() as file:
        rows = (line.decode("utf-8").split() for line in file)
        return {word: int(frequency) for word, frequency, *_ in rows}


def _lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        yield from file


def _texts(path: Path) -> Iterator[str]:
    """The folded texts of a file that hold Chinese."""
    for line in _lines(path):
        for text in _strings(json.loads(line)) if line.startswith("{") else (line,):
            if len(re.findall("[\u4e00-\u9fff]", text)) >= 2:
                yield fold_text(text)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)


if __name__ == "__main__":
    main()
