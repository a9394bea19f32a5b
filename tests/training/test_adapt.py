"""Adaptation of a base: which words are hidden, what is left of a vocabulary, and that it learns to read."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file
from tokenizers import Tokenizer, models, pre_tokenizers

from csnlp.cli.main import main
from csnlp.errors import ConfigError
from csnlp.models.encoding import SPECIAL, ExchangeEncoder
from csnlp.models.registry import load_folder
from csnlp.training import adapt as adapt_module
from csnlp.training.adapt import stretches
from csnlp.training.base import network_from_base, tokenizer_from_base
from csnlp.training.masking import WordMasker
from csnlp.training.prune import count_pieces, pruned
from csnlp.training.run import train
from csnlp.types import Exchange, Turn

PIECES = ["▁", "退", "款", "退款", "发", "货", "发货", "什么", "时候", "什么时候", "的", "了", "款的", "a", "b"]


def unigram() -> Tokenizer:
    """Pieces of several characters, one of which ("款的") reaches from one word into the next."""
    vocabulary = [("<s>", 0.0), ("</s>", 0.0), ("<unk>", -20.0), ("<pad>", 0.0), ("<mask>", 0.0)]
    tokenizer = Tokenizer(
        models.Unigram([*vocabulary, *((piece, -float(3 - min(len(piece), 3))) for piece in PIECES)], 2)
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.add_special_tokens(["<s>", "</s>", "<unk>", "<pad>", "<mask>"])
    return tokenizer


def test_whole_words_are_asked_for() -> None:
    tokenizer = unigram()
    encoder, masker = ExchangeEncoder(tokenizer, 64), WordMasker(tokenizer)
    (encoded,) = encoder.encode([Exchange("什么时候发货", (Turn("customer", "退款了"),))])
    words = ["".join(tokenizer.id_to_token(int(encoded.ids[p])) for p in group) for group in masker.words(encoded)]
    assert "退款" in words and "发货" in words and "什么时候" in words
    assert sorted(p for group in masker.words(encoded) for p in group) == [
        p for p, segment in enumerate(encoded.segments) if segment != SPECIAL
    ]


@given(st.text(alphabet="退款发货什么时候的了ab，x", max_size=60), st.integers(0, 9))
def test_what_is_asked_for_is_what_stood_there(text: str, seed: int) -> None:
    tokenizer = unigram()
    encoder, masker = ExchangeEncoder(tokenizer, 64), WordMasker(tokenizer)
    (encoded,) = encoder.encode([Exchange(text + "好", (Turn("customer", text),))])
    masked = masker(encoded, random.Random(seed))
    assert len(masked.asked) >= 1 and (encoded.segments[masked.asked] != SPECIAL).all()
    np.testing.assert_array_equal(encoded.ids[masked.asked], masked.ids)
    untouched = np.delete(np.arange(len(encoded)), masked.asked)
    np.testing.assert_array_equal(masked.text.ids[untouched], encoded.ids[untouched])
    again = masker(encoded, random.Random(seed))
    np.testing.assert_array_equal(again.text.ids, masked.text.ids)


@pytest.mark.parametrize("kind", ["unigram", "wordpiece"])
def test_a_pruned_tokenizer_reads_the_texts_as_before(kind: str, tiny_base: Path) -> None:
    tokenizer = unigram() if kind == "unigram" else tokenizer_from_base(str(tiny_base))
    texts = ["退款什么时候", "发货了", "退款的"]
    counts = count_pieces(ExchangeEncoder(tokenizer, 64).encode([Exchange(text) for text in texts]))
    small, kept = pruned(tokenizer, counts, 1)
    assert small.get_vocab_size() == len(kept) <= tokenizer.get_vocab_size()
    for text in texts:
        old, new = (t.encode(text, add_special_tokens=False) for t in (tokenizer, small))
        assert new.tokens == old.tokens and [kept[i] for i in new.ids] == old.ids
    assert small.encode("退款发货", add_special_tokens=False).tokens  # a rare piece is spelled out
    for name in ("<mask>", "[MASK]"):
        if (i := small.token_to_id(name)) is not None:
            assert kept[i] == tokenizer.token_to_id(name)


def test_a_piece_that_never_occurs_is_dropped() -> None:
    small, _ = pruned(unigram(), Counter({unigram().token_to_id("退款"): 9}), 2)
    assert small.token_to_id("退款") is not None and small.token_to_id("发货") is None
    assert small.encode("发货", add_special_tokens=False).tokens == ["▁", "发", "货"]


def test_stretches_keep_every_line_once() -> None:
    lines = [f"第{n}句" for n in range(50)]
    read = [
        t for e in stretches(lines, random.Random(1)) for t in (*(t.text for t in e.exchange.context), e.exchange.reply)
    ]
    assert sorted(read) == sorted(lines)


def adaptation(folder: Path, base: Path, **changes: object) -> Path:
    """A recipe that adapts ``base`` to a few sentences, over and over."""
    sentences = ["亲，您好，请稍等", "什么时候发货", "三天发货", "退款多少钱", "不知道自己看"]
    folder.mkdir(exist_ok=True)
    (folder / "texts.txt").write_text("\n".join(sentences * 40), encoding="utf-8")
    settings: dict[str, object] = {"kind": "adapt", "name": "read", "version": "1", "base": str(base), "output": "base"}
    settings |= {"texts": ["texts.txt"], "batch_size": 16, "max_tokens": 64, "learning_rate": 5e-3, "least_count": 1}
    recipe = folder / "read.yaml"
    recipe.write_text(yaml.safe_dump({**settings, **changes}), encoding="utf-8")
    return recipe


def test_a_stopped_adaptation_goes_on_to_the_same_weights(
    tiny_base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, stopped = (adaptation(tmp_path / n, tiny_base, steps=8, evaluate_every=4) for n in ("whole", "stopped"))
    train(whole)
    save = adapt_module.save_checkpoint

    def save_and_die(*arguments: Any) -> None:
        save(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(adapt_module, "save_checkpoint", save_and_die)
        train(stopped)
    train(stopped)
    expected, found = (load_file(tmp_path / n / "base/last.safetensors") for n in ("whole", "stopped"))
    for name, array in expected.items():
        np.testing.assert_array_equal(found[name], array, err_msg=name)


def test_too_few_lines_to_adapt_to_is_one_clear_line(tiny_base: Path, tmp_path: Path) -> None:
    recipe = adaptation(tmp_path, tiny_base)
    (tmp_path / "texts.txt").write_text("您好\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="at least 100 lines"):
        train(recipe)


def test_a_base_learns_to_read_and_is_fine_tuned(tiny_base: Path, labelled: Path, tmp_path: Path) -> None:
    recipe = adaptation(tmp_path, tiny_base, steps=160, evaluate_every=40)
    assert main(["train", str(recipe)]) == 0
    log = [json.loads(line) for line in (tmp_path / "base/log.jsonl").read_text().splitlines()]
    losses = [entry["heldout.loss"] for entry in log if entry["kind"] == "evaluate"]
    assert losses[-1] < 0.85 * losses[0]

    folder = tmp_path / "base/model"
    assert (
        network_from_base(str(folder), 64, 0.0).config.vocab_size
        <= network_from_base(str(tiny_base), 64, 0.0).config.vocab_size
    )
    fine = {
        "name": "ours",
        "version": "1",
        "base": str(folder),
        "output": "run",
        "validation": str(labelled),
        "max_tokens": 64,
    }
    fine |= {"steps": 4, "batch_size": 4, "evaluate_every": 2, "sources": [{"path": str(labelled)}]}
    recipe.write_text(yaml.safe_dump(fine), encoding="utf-8")
    assert main(["train", str(recipe)]) == 0
    assert "politeness" in load_folder(tmp_path / "run/model").predict([Exchange("亲，三天发货")]).heads
