"""Sets a reply against a standard answer in free words (clauses P3.1 and N3.1)."""

from __future__ import annotations

from csnlp.rules.fact_claims import judge_claims
from csnlp.rules.fact_clauses import Passage, content, read, words
from csnlp.rules.fact_numbers import judge_numbers
from csnlp.rules.fact_result import FactCheck, collected

# Telling characters of a question that is too short to hold a word.
SHORT = 3


def check_reference(reply: str, reference: str, question: str = "") -> FactCheck:
    """What ``reply`` says against ``reference``, the standard answer to ``question`` (the customer's last words).

    Numbers are compared by :mod:`csnlp.rules.fact_numbers`, yes and no by :mod:`csnlp.rules.fact_claims`; time is
    linear in the length of the texts, and what cannot be told is not judged.
    """
    said, due, asked = read(reply), read(reference), read(question)
    if not _is_on_subject(said, due, asked):
        return FactCheck(False)
    return collected(reply, said.folded, [*judge_numbers(said, due, asked), *judge_claims(said, due, asked)])


def _is_on_subject(said: Passage, due: Passage, asked: Passage) -> bool:
    """Whether the standard answer shares a word with reply or question, or a character with a short question (多重)."""
    if not (words(said.text) | words(asked.text)).isdisjoint(words(due.text)):
        return True
    question = content(asked.text)
    return len(question) <= SHORT and not question.isdisjoint(content(due.text))
