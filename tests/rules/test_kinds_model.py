from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from csnlp.rules.verdict import Verdict
from csnlp.types import FloatArray, HeadScore

Ask = Callable[..., Verdict]
Score = Callable[..., HeadScore]


# ---- head, act


def test_a_head_holds_when_its_labels_together_are_probable_enough(ask: Ask, head_score: Score) -> None:
    heads = {"politeness": head_score("politeness", rude=0.3, cold=0.3)}
    assert ask("{head: politeness, is: [rude, cold]}", "自己看", heads=heads).holds is True
    assert ask("{head: politeness, is: [rude]}", "自己看", heads=heads).holds is False
    assert ask("{head: politeness, is: rude, probability: 0.25}", "自己看", heads=heads).holds is True
    assert ask("{head: politeness, is: [rude, cold], probability: 0.7}", "自己看", heads=heads).holds is False


def test_a_head_holds_from_its_probability_on(ask: Ask, head_score: Score) -> None:
    heads = {"politeness": head_score("politeness", rude=0.5)}
    assert ask("{head: politeness, is: rude}", "自己看", heads=heads).holds is True


def test_the_verdict_of_the_model_is_noted(ask: Ask, head_score: Score) -> None:
    heads = {"politeness": head_score("politeness", rude=0.62)}
    assert ask("{head: politeness, is: rude}", "自己看", heads=heads).note == "politeness=rude, p=0.62"


NOTHING: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("head", "label", "before", "known", "reason"),
    [
        ("politeness", "rude", ["客：在吗"], NOTHING, "no_head"),
        ("accuracy", "wrong", ["客：在吗"], NOTHING, "no_head"),
        ("accuracy", "wrong", [], frozenset(["accuracy"]), "no_customer"),
        ("accuracy", "wrong", ["客：好的"], frozenset(["accuracy"]), "no_question"),
        ("complaint", "complaint", ["服：您好"], frozenset(["complaint"]), "no_customer"),
        ("complaint_type", "delay", ["客：好的"], frozenset(["complaint_type"]), "no_match"),
        ("satisfaction", "satisfied", ["客：好的"], NOTHING, "no_head"),
    ],
)
def test_a_head_that_is_absent_says_why(
    ask: Ask, head: str, label: str, before: list[str], known: frozenset[str], reason: str
) -> None:
    verdict = ask(f"{{head: {head}, is: {label}}}", "您好", *before, known=known)
    assert (verdict.holds, verdict.reason) == (None, reason)


@pytest.mark.parametrize(("probability", "holds"), [(0.5, True), (0.49, False), (1.0, True), (0.0, False)])
def test_an_act_holds_from_its_probability_on(ask: Ask, probability: float, holds: bool) -> None:
    assert ask("{act: apology}", "抱歉", acts={"apology": probability}).holds is holds


def test_an_act_that_the_model_does_not_tell_is_unknown(ask: Ask) -> None:
    assert ask("{act: apology}", "抱歉").reason == "no_head"


# ---- similar


def fake_embed(texts: Sequence[str]) -> FloatArray:
    """A text's direction is given by its first character: 甲 is (1, 0), 乙 (0, 1), anything else between."""
    angles = {"甲": (1.0, 0.0), "乙": (0.0, 1.0)}
    return np.array([angles.get(text[0], (0.8, 0.6)) for text in texts], np.float32)


@pytest.mark.parametrize(
    ("reply", "options", "holds"),
    [
        ("甲一", "", True),
        ("乙一", "", False),
        ("丙一", "", False),
        ("丙一", ", cosine: 0.75", True),
        ("乙一", ", cosine: 0", True),
    ],
)
def test_a_reply_that_means_the_same(ask: Ask, reply: str, options: str, holds: bool) -> None:
    verdict = ask(f"{{similar: [甲句]{options}}}", reply, embed=fake_embed)
    assert verdict.holds is holds


def test_the_nearest_sentence_is_noted(ask: Ask) -> None:
    assert ask("{similar: [乙句, 甲句]}", "甲一", embed=fake_embed).note == "≈ 甲句 (1.00)"


def test_a_model_without_embeddings_cannot_tell(ask: Ask) -> None:
    assert ask("{similar: [甲句]}", "甲一").reason == "no_embedding"


def test_the_books_sentences_are_embedded_once(ask: Ask) -> None:
    asked: list[tuple[str, ...]] = []

    def counting(texts: Sequence[str]) -> FloatArray:
        asked.append(tuple(texts))
        return fake_embed(texts)

    for reply in ("甲一", "甲二", "甲三"):
        ask("{similar: [甲甲, 乙乙]}", reply, embed=counting)
    assert asked.count(("甲甲", "乙乙")) == 1 and len(asked) == 4


def test_sentences_are_remembered_no_longer_than_the_model(ask: Ask) -> None:
    class Embedder:
        def embed(self, texts: Sequence[str]) -> FloatArray:
            return fake_embed(texts)

    model = Embedder()
    ask("{similar: [甲甲, 丙丙]}", "甲一", embed=model.embed)
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None
