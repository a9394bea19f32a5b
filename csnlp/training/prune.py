"""A smaller vocabulary: a base for many languages has pieces that Chinese service text never uses."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from tokenizers import Tokenizer

from csnlp.errors import ConfigError
from csnlp.models.encoding import CLS, MASK, PAD, SEP, UNK, Encoded, token_text

_SPECIAL = {name for names in (CLS, SEP, PAD, UNK, MASK) for name in names}


def count_pieces(rows: Iterable[Encoded]) -> Counter[int]:
    """How often each piece (by id) occurs in what an encoder made of the texts."""
    return Counter(int(i) for row in rows for i in row.ids)


def pruned(tokenizer: Tokenizer, counts: Counter[int], least: int) -> tuple[Tokenizer, list[int]]:
    """``tokenizer`` without the pieces that occur less than ``least`` times, and the old ids of those kept, in order.

    Special tokens and single characters stay: every text can still be spelled. A text that used a piece that is gone is
    cut into smaller ones. Raises :class:`csnlp.errors.ConfigError` for a kind of tokenizer that is not known here.
    """
    data: dict[str, Any] = json.loads(tokenizer.to_str())
    kind = data["model"]["type"]
    if kind not in ("Unigram", "WordPiece"):
        raise ConfigError(f"the vocabulary of a {kind} tokenizer cannot be pruned; leave out least_count")
    special = {token["id"] for token in data["added_tokens"]}
    names = {i: piece for piece, i in tokenizer.get_vocab(with_added_tokens=True).items()}
    kept = [
        i
        for i, piece in sorted(names.items())
        if i in special or piece in _SPECIAL or counts[i] >= least or len(token_text(piece).strip()) <= 1
    ]
    new = {old: number for number, old in enumerate(kept)}
    for token in data["added_tokens"]:
        token["id"] = new[token["id"]]
    data["post_processor"] = None  # it names ids; csnlp adds the special tokens itself
    model = data["model"]
    if kind == "Unigram":
        model["vocab"] = [model["vocab"][i] for i in kept if i < len(model["vocab"])]
        model["unk_id"] = new[model["unk_id"]]
    else:
        model["vocab"] = {piece: new[i] for piece, i in model["vocab"].items() if i in new}
    return Tokenizer.from_str(json.dumps(data)), kept
