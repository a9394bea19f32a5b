"""Sets a reply against a standard answer in free words (clauses P3.1 and N3.1)."""

from __future__ import annotations

from csnlp.reference.claims import judge_claims
from csnlp.reference.clauses import Passage, content, read, words
from csnlp.reference.numbers import judge_numbers
from csnlp.reference.payers import judge_payers
from csnlp.reference.result import FactCheck, Judgement, collected

# Telling characters of a question that is too short to hold a word.
SHORT = 3


def check_reference(reply: str, reference: str, question: str = "") -> FactCheck:
    """What ``reply`` says against ``reference``, the standard answer to ``question`` (the customer's last words)."""
    said = read(reply)
    return collected(reply, said.folded, judge(said, read(reference), read(question)))


def judge(said: Passage, due: Passage, asked: Passage) -> list[Judgement]:
    """The judgements on what the reply ``said``, against ``due``, the standard answer to what was ``asked``.

    Numbers are compared by :mod:`csnlp.reference.numbers`, yes and no by :mod:`csnlp.reference.claims`, who pays the
    postage by :mod:`csnlp.reference.payers`; time is linear in the length of the texts, and what cannot be told is not
    judged.
    """
    payers = judge_payers(said, due, asked)  # 邮费 and 包邮 share no word, and are one subject
    if not _is_on_subject(said, due, asked):
        return payers
    return [*judge_numbers(said, due, asked), *judge_claims(said, due, asked), *payers]


def _is_on_subject(said: Passage, due: Passage, asked: Passage) -> bool:
    """Whether the standard answer shares a word with reply or question, or a character with a short question (多重)."""
    if not (words(said.text) | words(asked.text)).isdisjoint(words(due.text)):
        return True
    question = content(asked.text)
    return len(question) <= SHORT and not question.isdisjoint(content(due.text))
