from __future__ import annotations

from math import exp

import pytest

from csnlp.training.typo_statistics import count
from csnlp.typos.characters import FEATURES, CharacterModel
from csnlp.typos.confusions import confusions
from csnlp.typos.ngrams import NGrams
from csnlp.typos.symbols import squeeze, symbols

SENTENCES = ["您的订单已经发出", "快递已经签收", "退款已经到账", "以后再说"] * 12


@pytest.fixture(scope="module")
def ngrams() -> NGrams:
    return NGrams(count(SENTENCES, {"签收": 1000}))


def test_counts_come_from_the_texts_and_from_the_dictionary(ngrams: NGrams) -> None:
    assert ngrams.count("已经") == pytest.approx(36, rel=0.03)
    assert ngrams.count("签收") == pytest.approx(12 + 20, rel=0.03)
    assert ngrams.count("经已") == 0
    assert "已经" in ngrams.ordinary
    assert "以经" not in ngrams.ordinary


def test_probabilities_of_what_can_follow_add_up_to_one(ngrams: NGrams) -> None:
    a, b = ngrams.number("已"), ngrams.number("经")
    total = sum(exp(ngrams.log_probability(a, b, c)) for c in range(len(ngrams.characters)))
    assert total == pytest.approx(1, abs=0.1)


def test_the_gain_of_a_change_looks_no_further_than_its_clause(ngrams: NGrams) -> None:
    gain = ngrams.gain(" 快递以经签收 ", 3, 5, "已经")
    assert gain > 5
    assert ngrams.gain(" 快递已经签收 ", 3, 5, "以经") == pytest.approx(-gain)
    assert ngrams.gain(" 订单 以经 退款 ", 4, 6, "已经") == pytest.approx(ngrams.gain(" 以经 ", 1, 3, "已经"))


def test_a_homophone_of_a_frequent_word_is_proposed_to_be_changed(ngrams: NGrams) -> None:
    model = CharacterModel(NGrams(count(SENTENCES * 4, {})), (1.0,) * (len(FEATURES) + 1))
    (change,) = model.changes(" 快递以经签收 ")
    assert (change.index, change.new) == (3, "已")
    assert 0 < model.probability(change) <= 1


def test_characters_are_mistaken_for_what_sounds_or_looks_alike() -> None:
    assert {"已", "再", "待"} <= {*confusions("以"), *confusions("在"), *confusions("侍")}
    assert "他" not in confusions("她")


@pytest.mark.parametrize(
    ("text", "squeezed"),
    [
        ("您好，订单123号ok", " 您好 订单0号a "),
        ("#e-s[数字x]亲[数字x]号[微笑]", " 亲0号 "),
        ("！！", "  "),
    ],
)
def test_figures_words_and_masks_become_one_symbol_each(text: str, squeezed: str) -> None:
    seen, places = squeeze(symbols(text))
    assert seen == squeezed
    assert len(places) == len(seen)
