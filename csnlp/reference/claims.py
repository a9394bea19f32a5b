"""Sets yes and no of a reply against a standard answer: 可以机洗 and 不可机洗, or a bare 能的."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from itertools import takewhile

from csnlp.reference.answers import bare_answer
from csnlp.reference.clauses import Clause, Passage, content, special_cases, words
from csnlp.reference.result import Judgement
from csnlp.reference.stance import PARTICLES, Stance, is_graded, stance
from csnlp.reference.subjects import Subject, is_excepted, is_same_subject, subject_at

# A clause with one of these speaks of a case: it is set only against a clause with the same. So does 不行 where it is
# none of what is asked for: 仍不行预约上门, 不行就退款.
_CONDITION = re.compile(
    "[后未满超若如时仅只]|(?<!提)前|的话|以[上下内外]|之[内外]|除|但|才|其他|其它|别的|另外|(?<=仍)不行|不行(?=[就再则可请])"
)
_MAY = re.compile(
    "可不可以|能不能|可以|能够|能|支不支持|支持|包不包|有没有|有|含不含|含|带不带|带|需不需要|需要|要不要|要|用不用"
)
# What befell one order or parcel, not how the shop does it: 您这单没有, 快递没有送货上门, 不能取消订单了.
_EVENT = re.compile(
    "[这那此该]一?[单笔]|已经?(?!支持|可以|能)|没有?(?=[送发退换开寄收给赠装说做点写按])|(?<![不了])了[的哦呢哈呀啊亲]*$"
)
# A clause that names but a thing and its grade is short.
_MOST_GRADED = 20
_FIGURE = re.compile("[0-9]")
_ASKING = re.compile("[吗么嘛呢呀啊吧]")
# What is sent back or exchanged, where no other noun follows.
_VERB = re.compile("(?<![包清倒退更])(?P<verb>[退换])(?:[货款票订]|(?=不[了退换]|[的了哦呢哈呀啊嘛亲吗~! ]|$))")
VERBS = frozenset("退换")
_CAN = ("可以", "能", "能够", "可不可以", "能不能")
# How far two words may go on alike.
_REACH = 12
# The customer, whom a standard answer may name otherwise: 需自行备份, 本人到场.
_PERSON = frozenset("您你")
# What is past its term, and what is sent back or again: cases that a standard answer means only where it says so.
_LATE = re.compile("过了(?=[0-9一二两三半七十]|期)|[逾过]期")
_POSTAGE, _WAY_BACK = re.compile("[包免]邮|[运邮]费"), re.compile("退|换|寄回|[补重][发寄]")
_IN_PERSON = ("自行", "自己", "本人", "亲自")


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a passage affirms or denies of ``subject``, in the case that ``condition`` names (empty: in general)."""

    stance: Stance
    condition: frozenset[str]
    subject: Subject = field(compare=False)
    bare: bool = field(default=False, compare=False)  # the word is a verb that was denied: 不防水
    graded: bool = field(default=False, compare=False)  # named with a grade only, which may differ: ip68防水


def judge_claims(said: Passage, due: Passage, asked: Passage) -> list[Judgement]:
    """The judgements on what the reply ``said`` affirms or denies of the words of ``due``, the standard answer."""
    wanted = words(due.text) | VERBS
    expected = _claims(due, wanted, frozenset())
    expected |= {word: claim for word, claim in _graded(due, wanted).items() if word not in expected}
    bare = frozenset(word for word, claim in expected.items() if claim.bare)
    stated = _claims(said, frozenset(expected), bare)
    cases = special_cases(due) | special_cases(asked)
    judged = [
        _quoted(ours.stance, expected[word].stance, said, due)
        for word, ours in stated.items()
        if _is_comparable(ours, expected[word], said, due, asked)
        and (ours.stance == expected[word].stance or special_cases(said, ours.stance.start) <= cases)
        and (word not in VERBS or _is_named(expected[word].subject, said, asked))
    ]
    if not stated:
        judged += _judge_bare(said, due, asked, expected)
    return judged


def _quoted(ours: Stance, theirs: Stance, said: Passage, due: Passage) -> Judgement:
    """The judgement on ``ours``; both are quoted as far as their words go on alike."""
    rest = len(_alike(said, ours.end, due, theirs.end))
    return Judgement(ours.start, ours.end, ours == theirs, due.text[theirs.start : theirs.end + rest], rest=rest)


def _alike(said: Passage, start: int, due: Passage, begin: int) -> str:
    """The Chinese words that both go on with from there."""
    pairs = zip(said.text[start : start + _REACH], due.text[begin : begin + _REACH], strict=False)
    alike = takewhile(lambda pair: pair[0] == pair[1] and "\u4e00" <= pair[0] <= "\u9fff", pairs)
    return PARTICLES.sub("", "".join(char for char, _ in alike))


def _is_named(subject: Subject, said: Passage, asked: Passage) -> bool:
    """Whether reply or question name what the standard answer speaks of, if that is anything of its own."""
    return not subject.named or any(word in said.text or word in asked.text for word in subject.words | subject.figures)


def _judgement(start: int, end: int, agreement: bool, theirs: _Claim, due: Passage) -> Judgement:
    return Judgement(start, end, agreement, due.text[theirs.stance.start : theirs.stance.end])


def _is_comparable(ours: _Claim, theirs: _Claim, said: Passage, due: Passage, asked: Passage) -> bool:
    """Whether both speak of one case. What agrees needs no such care about its subject."""
    if ours.condition != theirs.condition or ours.stance.need != theirs.stance.need:
        return False
    if ours.stance == theirs.stance:
        return not theirs.graded and is_same_subject(ours.subject, theirs.subject, said, due)
    if (
        _is_of_own_case(ours.stance, said, due)
        or _is_limited(ours.stance, due)
        or _goes_on_otherwise(ours.stance, theirs.stance, said, due)
    ):
        return False
    if theirs.graded and ours.subject.named:
        return False
    same = is_same_subject(ours.subject, theirs.subject, said, due)
    return same and not is_excepted(ours.subject, theirs.subject.number, said, due, asked)


def _is_limited(ours: Stance, due: Passage) -> bool:
    """Whether the reply denies only a case of which the standard answer does not speak.

    不支持到付退货 of 支持退货, 不用您打孔 of 需要打孔.
    """
    missing = {char for char in ours.limits if char not in due.text}
    if any(word in due.text for word in _IN_PERSON):
        missing -= _PERSON
    return bool(missing)


def _is_of_own_case(ours: Stance, said: Passage, due: Passage) -> bool:
    """Whether the reply speaks of what is past its term, or of the postage of what is sent back or again, and the
    standard answer does not: 过了7天不能退 of 7天内可退, 退货不包邮 of 全场包邮."""
    clause = said.of(said.clause_at(ours.start))
    if _LATE.search(clause) and not _LATE.search(due.text):
        return True
    return bool(_POSTAGE.search(clause) and _WAY_BACK.search(clause)) and not _WAY_BACK.search(due.text)


def _goes_on_otherwise(ours: Stance, theirs: Stance, said: Passage, due: Passage) -> bool:
    """Whether what needs not be, and what must, go on to name different things: 身份证原件 and 身份证复印件."""
    if ours.affirmed or not ours.need:
        return False
    same = len(_alike(said, ours.end, due, theirs.end))
    mine, its = said.text[ours.end + same :][:2], due.text[theirs.end + same :][:2]
    return len(content(mine)) == len(content(its)) == 2


def _judge_bare(said: Passage, due: Passage, asked: Passage, expected: dict[str, _Claim]) -> list[Judgement]:
    """The judgement on a bare yes or no, where all that the question asks for has one answer in ``due``."""
    answer = bare_answer(said, asked.text)
    topics = [expected[word] for word in sorted(_asked_for(asked, expected.keys()) & expected.keys())] if answer else []
    if not answer or len({topic.stance for topic in topics}) != 1 or topics[0].condition:
        return []
    if not all(_is_asked_of(topic.subject, said, due, asked) for topic in topics):
        return []
    agreement = answer.yes == topics[0].stance.affirmed
    return [_judgement(answer.start, answer.end, agreement, topics[0], due)]


def _is_asked_of(theirs: Subject, said: Passage, due: Passage, asked: Passage) -> bool:
    """Whether the question asks for what the standard answer says of ``theirs``."""
    clause = next((clause for clause in asked.clauses if clause.asks), asked.clauses[0])
    verb = _MAY.search(asked.text, clause.start, clause.end)
    ours = subject_at(asked, verb.start() if verb else clause.end)
    same = is_same_subject(ours, theirs, asked, due)
    return same and not is_excepted(ours, theirs.number, said, due, asked)


def _claims(passage: Passage, wanted: frozenset[str], bare: frozenset[str]) -> dict[str, _Claim]:
    """Each wanted word that the passage plainly affirms or denies, always the same way: its first claim.

    Words of ``bare`` affirm by themselves.
    """
    found: dict[str, _Claim] = {}
    mixed = set()
    for clause in passage.clauses:
        text = passage.of(clause)
        condition = frozenset(_CONDITION.findall(text)) | frozenset(["了"] if _EVENT.search(text) else [])
        for start, end, word in _words_in(passage, clause, wanted):
            if word in mixed:
                continue
            said = stance(passage, start, end, bare=word in bare)
            claim = _Claim(said, condition, *_told(passage, said, start)) if said else None
            if claim is None or found.setdefault(word, claim) != claim:
                mixed.add(word)
    return {word: claim for word, claim in found.items() if word not in mixed}


def _words_in(passage: Passage, clause: Clause, wanted: frozenset[str]) -> Iterator[tuple[int, int, str]]:
    """The spans of the wanted words in the clause; a verb is one, alone (不能退的) or with what it takes (退货)."""
    for start in range(clause.start, clause.end - 1):
        word = passage.text[start : start + 2]
        if word in wanted:
            yield start, start + 2, word
    for verb in _VERB.finditer(passage.text, clause.start, clause.end):
        if verb["verb"] in wanted:
            yield *verb.span(), verb["verb"]


def _graded(due: Passage, wanted: frozenset[str]) -> dict[str, _Claim]:
    """The wanted words that a clause names with a grade, and nothing else."""
    found = {}
    for clause in due.clauses:
        if clause.end - clause.start > _MOST_GRADED or not _FIGURE.search(due.text, clause.start, clause.end):
            continue
        for start, end, word in _words_in(due, clause, wanted):
            if is_graded(due, start, end):
                said = Stance(True, False, start, end)
                found[word] = _Claim(said, frozenset(), subject_at(due, clause.start), graded=True)
    return found


def _told(passage: Passage, said: Stance, start: int) -> tuple[Subject, bool]:
    """The subject of ``said`` of the word at ``start``, and whether that is a verb: denied by 不 alone."""
    bare = not said.affirmed and passage.text[said.start : start] == "不" and passage.text[start] not in "是"
    return subject_at(passage, said.start), bare


def _asked_for(asked: Passage, known: Set[str]) -> frozenset[str]:
    """The words behind the verb of yes or no in the clause that asks: 机洗 of 羊毛衫能不能机洗.

    Or else those before it, if all are ``known``. None where two ask: a bare yes answers one of them.
    """
    clauses = [asked.of(clause) for clause in asked.clauses if clause.asks or len(asked.clauses) == 1]
    verbs = [(clause, list(_MAY.finditer(clause))) for clause in clauses if len(clauses) == 1]
    behind = words(_ASKING.sub("", " ".join(clause[found[-1].end() :] for clause, found in verbs if found)))
    if behind:
        return behind
    before = words(" ".join(clause[: found[-1].start()] for clause, found in verbs if found and found[-1][0] in _CAN))
    return before if before <= known else frozenset()  # 孕妇可以用吗
