"""The lexicons of what must not be said to a customer: each finds its sentences and leaves their near misses alone.

The sentences stand in ``lexicons_taboo.txt`` beside this file.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from csnlp.rules.lexicon import FOLDER, Lexicon, read_lexicon
from csnlp.rules.scanner import Scanner
from csnlp.text.fold import fold_text

from .conftest import lexicon_sentences

NAMES = (
    "vulgar",
    "vulgar_masked",
    "contempt",
    "buck_passing",
    "impatience",
    "threat",
    "perfunctory",
    "blame",
    "argue",
    "service_taboo",
)

SENTENCES = lexicon_sentences("lexicons_taboo.txt")
HIT = {name: hits for name, (hits, _) in SENTENCES.items()}
MISS = {name: misses for name, (_, misses) in SENTENCES.items()}

POLITE = """
    您好，很高兴为您服务
    亲，请问有什么可以帮您
    麻烦您提供一下订单号
    请您稍等，我马上为您查询
    非常抱歉给您带来不便
    您不要着急，我帮您催一下快递
    我再催一下物流，有消息马上告诉您
    什么时候需要呢，着急的话给您发顺丰
    感谢您的理解与支持
    不好意思问一下，您收到的是哪一款
    您可以自己看一下详情页的尺码表哦
    请您放心，我们不会泄露您的信息
    这款不会起球，您放心购买
    特别抱歉让您久等了
    没关系的，您慢慢考虑
    有任何问题随时联系我们
    亲爱的，已经给您备注好了
    您随便看看，喜欢哪款告诉我
    请问还有其他可以帮您的吗
    祝您生活愉快，再见
    如果是我们的责任，运费由我们承担
    收到货后有问题找我们，我们负责到底
    您说的我明白了，这就为您处理
    遇到像您这样善解人意的客户真是我们的荣幸
    建议您联系快递员核实一下签收情况
    我帮您联系厂家确认后回复您
    这个问题是我们没做好，向您道歉
    您看这样处理可以吗
"""


def sentences(block: str) -> list[str]:
    return [line.strip() for line in block.splitlines() if line.strip()]


def cases(table: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    for name, listed in table.items():
        for sentence in listed:
            yield name, sentence


@pytest.fixture(scope="module")
def lexicons() -> dict[str, Lexicon]:
    return {name: read_lexicon(FOLDER / f"{name}.txt") for name in NAMES}


@pytest.fixture(scope="module")
def scanner(lexicons: dict[str, Lexicon]) -> Scanner:
    return Scanner(lexicons.values())


@pytest.mark.parametrize("name", NAMES)
def test_it_is_long_enough_and_has_the_sentences_asked_of_it(name: str, lexicons: dict[str, Lexicon]) -> None:
    assert len(lexicons[name].terms) >= 700
    assert lexicons[name].loose == (name == "vulgar")
    assert len(HIT[name]) >= 15
    assert len(MISS[name]) + len(sentences(POLITE)) >= 40


@pytest.mark.parametrize(("name", "sentence"), list(cases(HIT)))
def test_it_finds(name: str, sentence: str, scanner: Scanner) -> None:
    assert name in scanner.view(sentence).hits


@pytest.mark.parametrize(("name", "sentence"), list(cases(MISS)))
def test_it_leaves_alone(name: str, sentence: str, scanner: Scanner) -> None:
    assert name not in scanner.view(sentence).hits


@pytest.mark.parametrize("sentence", sentences(POLITE))
def test_no_lexicon_finds_anything_in_courteous_sentences(sentence: str, scanner: Scanner) -> None:
    assert scanner.view(sentence).hits == {}


def test_no_term_stands_in_two_lexicons(lexicons: dict[str, Lexicon]) -> None:
    owner: dict[str, str] = {}
    for name, lexicon in lexicons.items():
        for term in lexicon.terms:
            assert owner.setdefault(fold_text(term), name) == name, term


@pytest.mark.parametrize("name", NAMES)
def test_every_term_is_found_where_it_stands_alone(name: str, lexicons: dict[str, Lexicon]) -> None:
    """A term that its own lexicon's innocent words, or the folding, always swallow would be dead weight."""
    lexicon = lexicons[name]
    alone = Scanner([lexicon])
    assert [term for term in lexicon.terms if name not in alone.view(term).hits] == []
