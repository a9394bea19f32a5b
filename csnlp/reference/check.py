"""Sets a reply against a standard answer in free words (clauses P3.1 and N3.1)."""

from __future__ import annotations

from csnlp.reference.claims import VERBS, judge_claims
from csnlp.reference.clauses import Passage, content, read, words
from csnlp.reference.compare import kind
from csnlp.reference.numbers import asks_amount, judge_numbers
from csnlp.reference.payers import judge_payers
from csnlp.reference.restated import MOST_CLAUSES, judge_restated
from csnlp.reference.result import FactCheck, Judgement, collected
from csnlp.reference.sorts import judge_sorts
from csnlp.reference.turned import judge_turned

# Telling characters of a question that is too short to hold a word.
SHORT = 3

# What a clause may say of a number and name no other: 到手129, 一共6本, 能用30天.
_LIGHT = frozenset("到手共总全整用做装差不")


def check_reference(reply: str, reference: str, question: str = "") -> FactCheck:
    """What ``reply`` says against ``reference``, the standard answer to ``question`` (the customer's last words).

    What only looks like the standard answer (:mod:`csnlp.reference.turned`) does not bear the reply out.
    """
    said, due, asked = read(reply), read(reference), read(question)
    judged = [*_judged(said, due, asked), *_borne_out(said, due, asked)]
    return collected(reply, said.folded, [*judged, *judge_turned(said, due)])


def judge(said: Passage, due: Passage, asked: Passage) -> list[Judgement]:
    """The judgements on what the reply ``said``, against ``due``, the standard answer to what was ``asked``.

    Numbers are compared by :mod:`csnlp.reference.numbers`, yes and no by :mod:`csnlp.reference.claims`, who pays the
    postage by :mod:`csnlp.reference.payers`, words of one sort by :mod:`csnlp.reference.sorts`; time is linear in the
    length of the texts, and what cannot be told is not judged.
    """
    return [judgement for judgement in _judged(said, due, asked) if not judgement.doubt]


def _judged(said: Passage, due: Passage, asked: Passage) -> list[Judgement]:
    """:func:`judge`, with what is in doubt."""
    # 邮费 and 包邮 share no word, and are one subject; 顺丰 and 圆通 need not share one.
    always = [*judge_payers(said, due, asked), *judge_sorts(said, due, asked)]
    if not (_is_on_subject(said, due, asked) or _is_amount(said, due, asked)):
        return always
    return [*judge_numbers(said, due, asked), *judge_claims(said, due, asked), *always]


def _borne_out(said: Passage, due: Passage, asked: Passage) -> list[Judgement]:
    """What only agrees: the reply says over a short standard answer, or has its number and no other, in other words."""
    if len(due.clauses) > MOST_CLAUSES:
        return []
    kinds = [kind(quantity) for quantity in due.quantities]
    if _is_on_subject(said, due, asked) or any(kinds.count(kind(quantity)) > 1 for quantity in said.quantities):
        return judge_restated(said, due, asked)
    numbers = judge_numbers(said, due, asked)
    sure = len(numbers) == len(said.quantities) and all(judgement.agrees for judgement in numbers)
    return numbers if sure else judge_restated(said, due, asked)


def _is_amount(said: Passage, due: Passage, asked: Passage) -> bool:
    """Whether a short standard answer gives one number to a question for one, and the reply one of that kind."""
    kinds = [kind(quantity) for quantity in due.quantities]
    if len(due.clauses) > MOST_CLAUSES or len(kinds) != 1 or not asks_amount(asked):
        return False
    if [kind(quantity) for quantity in said.quantities] != kinds:
        return False
    stated = said.quantities[0]
    clause = said.clause_at(stated.start)
    around = content(said.text[clause.start : stated.start] + said.text[stated.end : clause.end])
    return around <= content(asked.text) | content(due.text) | _LIGHT


def _is_on_subject(said: Passage, due: Passage, asked: Passage) -> bool:
    """Whether the standard answer shares a word with reply or question, or a verb with both (能退吗, 不能退), or a
    character with a short question (多重)."""
    if not (words(said.text) | words(asked.text)).isdisjoint(words(due.text)):
        return True
    if any(verb in due.text and verb in said.text and verb in asked.text for verb in VERBS):
        return True
    question = content(asked.text)
    return len(question) <= SHORT and not question.isdisjoint(content(due.text))
