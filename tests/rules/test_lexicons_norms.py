"""The lexicons for reply norms, process, complaints and questions: each finds what it is for and spares near misses.

The sentences stand in ``lexicons_norms.txt`` beside this file.
"""

from __future__ import annotations

import pytest

from csnlp.rules.lexicon import Lexicon, lexicon_files, read_lexicon
from csnlp.rules.scanner import Scanner

from .conftest import lexicon_sentences

SENTENCES = lexicon_sentences("lexicons_norms.txt")
LEXICONS = {name: read_lexicon(lexicon_files()[name]) for name in SENTENCES}
SCANNER = Scanner(LEXICONS.values())


def _hits(name: str, text: str) -> list[str]:
    return [hit.term for hit in SCANNER.view(text).hits.get(name, ())]


@pytest.mark.parametrize("name", SENTENCES)
def test_there_are_enough_sentences(name: str) -> None:
    hits, misses = SENTENCES[name]
    assert len(set(hits)) >= 8
    assert len(set(misses)) >= 10


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, (hits, _) in SENTENCES.items() for text in hits])
def test_a_lexicon_hits(name: str, text: str) -> None:
    assert _hits(name, text)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, (_, misses) in SENTENCES.items() for text in misses])
def test_a_lexicon_spares_near_misses(name: str, text: str) -> None:
    assert _hits(name, text) == []


@pytest.mark.parametrize("lexicon", LEXICONS.values(), ids=lambda lexicon: lexicon.name)
def test_no_term_is_silenced_by_an_innocent_word(lexicon: Lexicon) -> None:
    assert [term for term in lexicon.terms if not _hits(lexicon.name, term)] == []


@pytest.mark.parametrize("lexicon", LEXICONS.values(), ids=lambda lexicon: lexicon.name)
def test_an_innocent_word_is_silent(lexicon: Lexicon) -> None:
    assert [word for word in lexicon.innocent if _hits(lexicon.name, word)] == []


def test_a_masked_absolute_claim_is_found() -> None:
    assert _hits("absolute_ads", "全*网*最*低价") and _hits("absolute_ads", "全網最低，國家級品質")
