"""Sets yes and no of a reply against a standard answer: 可以机洗 and 不可机洗, a bare 能的, who pays the postage."""

from __future__ import annotations

import re
from dataclasses import dataclass

from csnlp.reference.clauses import Clause, Passage, words
from csnlp.reference.result import Judgement
from csnlp.reference.stance import Stance, bare_answer, stance

# A clause with one of these speaks of a case: it is set only against a clause with the same.
_CONDITION = re.compile("[后前未满超若如时仅只]|的话|以[上下内外]|之[内外]|除|但|才|其他|其它")
_MAY = re.compile(
    "可不可以|能不能|可以|能够|能|支不支持|支持|包不包|有没有|有|含不含|含|带不带|带|需不需要|需要|要不要|要|用不用"
)
_POSTAGE = re.compile("运费|邮费|快递费")
_BUYER = re.compile(
    "(?:买家|顾客|客户|您|你|自己|自行)(?:自己|来|们|这边|那边|自行|要|得|先)*"
    "(?:承担|出|付|负担|负责|掏|支付|自理)|自理"
)
_SELLER = re.compile(
    "(?:我们|咱们|卖家|商家|店家|店里|本店|我方)(?:这边|来|会|都|全)*"
    "(?:承担|出|付|负担|负责|报销|包|掏|支付)|免运费|包运费"
)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a passage affirms or denies, in the case that ``condition`` names (empty: in general)."""

    stance: Stance
    condition: frozenset[str] = frozenset()

    def judged_by(self, expected: _Claim, due: Passage) -> Judgement:
        """The judgement on this claim of a reply against one of ``due``, the standard answer."""
        shown = due.text[expected.stance.start : expected.stance.end]
        return Judgement(self.stance.start, self.stance.end, self.stance == expected.stance, shown)


def judge_claims(said: Passage, due: Passage, asked: Passage) -> list[Judgement]:
    """The judgements on what the reply ``said`` affirms or denies of the words of ``due``, the standard answer."""
    expected = _claims(due, words(due.text))
    stated = _claims(said, frozenset(expected))
    judged = [
        ours.judged_by(expected[word], due)
        for word, ours in stated.items()
        if ours.condition == expected[word].condition and ours.stance.need == expected[word].stance.need
    ]
    answer = None if stated else bare_answer(said, asked.text)
    topics = [expected[word] for word in sorted(_asked_for(asked) & expected.keys())] if answer else []
    if answer and len({topic.stance for topic in topics}) == 1 and not topics[0].condition:
        agreement = answer.yes == topics[0].stance.affirmed
        shown = due.text[topics[0].stance.start : topics[0].stance.end]
        judged.append(Judgement(answer.start, answer.end, agreement, shown))
    ours, theirs = _payer(said), _payer(due)
    if ours and theirs:
        judged.append(ours.judged_by(theirs, due))
    return judged


def _claims(passage: Passage, wanted: frozenset[str]) -> dict[str, _Claim]:
    """Each wanted word that the passage plainly affirms or denies, always the same way: its first claim."""
    found: dict[str, _Claim] = {}
    mixed = set()
    for clause in passage.clauses:
        condition = frozenset(_CONDITION.findall(passage.text, clause.start, clause.end))
        for start in range(clause.start, clause.end - 1):
            word = passage.text[start : start + 2]
            if word not in wanted or word in mixed:
                continue
            said = stance(passage, start, start + 2)
            claim = _Claim(said, condition) if said else None
            if claim is None or found.setdefault(word, claim) != claim:
                mixed.add(word)
    return {word: claim for word, claim in found.items() if word not in mixed}


def _asked_for(asked: Passage) -> frozenset[str]:
    """The words behind the verb of yes or no in the clause that asks: 机洗 of 羊毛衫能不能机洗. None where two ask: a
    bare yes answers one of them."""
    clauses = [asked.of(clause) for clause in asked.clauses if clause.asks or len(asked.clauses) == 1]
    verbs = [(clause, list(_MAY.finditer(clause))) for clause in clauses if len(clauses) == 1]
    return words(" ".join(clause[found[-1].end() :] for clause, found in verbs if found))


def _payer(passage: Passage) -> _Claim | None:
    """Who pays the postage: the shop (affirmed) or the customer; None where nobody is named, or both."""
    claims = [claim for clause in passage.clauses if not clause.asks for claim in _payers(passage, clause)]
    return claims[0] if len(set(claims)) == 1 else None


def _payers(passage: Passage, clause: Clause) -> list[_Claim]:
    if not _POSTAGE.search(passage.text, clause.start, clause.end):
        return []
    return [
        _Claim(Stance(affirmed, False, match.start(), match.end()))
        for pattern, affirmed in ((_BUYER, False), (_SELLER, True))
        if (match := pattern.search(passage.text, clause.start, clause.end))
    ]
