"""What a statement of yes or no is about, and whether two statements speak of the same: 会说话的款式, 新疆, 20寸."""

from __future__ import annotations

import re
from dataclasses import dataclass

from csnlp.reference.clauses import Passage, content, words

# What a clause may begin with and name nothing: the shop and its goods in general.
_NOBODY = re.compile(
    "[这该此本]个?(?:房型|型号|款式|颜色|版本|尺码|套餐)|亲爱的?|亲|您好|你好|抱歉|不好意思|对不起|非常|我们|咱们|咱家?|[这该本此]款|这个|这边|这里|本店|小店|店铺|店里|全店|全场|"
    "所有|商品|产品|宝贝|目前|现在|暂时|一律|统一|默认|一般|正常|直接|其实|确实|因为|所以|建议|麻烦|请|您的?|你的?|它|如果|的话|或者|"
    "可以|支持|需要|必须|没有|是|都|也|就|还|再|会|能|可|有|但|不过|而且|并且|同时"
)
_FIGURE = re.compile("[0-9]+(?:[.][0-9]+)?|[a-z]+")
# What limits a subject to where something lacks: 非质量问题, 没拆封.
_LACKS = re.compile("非(?!常)|无(?!论|线|需|理由|法)|未(?!来)|没(?!问题|关系|事)|不(?:是|足|满|到)")
# The clause behind a general rule tells what it does not hold for.
_EXCEPT = re.compile("除外|例外|除了|只能|仅限|不在此")
_REACH = 30
# One sort of the goods: 真丝款.
_VARIANT = re.compile("(?:(?<![付退货尾贷罚汇打])款|[版型色])$")


@dataclass(frozen=True, slots=True)
class Subject:
    """The words and figures of clause ``number`` before what is said of them; ``lacks`` tells 非X, 没有X."""

    words: frozenset[str]
    figures: frozenset[str]
    lacks: bool
    number: int

    @property
    def named(self) -> bool:
        """Whether there is any."""
        return bool(self.words or self.figures)


def subject_at(passage: Passage, index: int) -> Subject:
    """The subject of what the clause says from ``index`` on."""
    number = passage.clause_number(index)
    clause = passage.clauses[number]
    text = passage.text[max(clause.start, index - _REACH) : index]
    lacks = _LACKS.search(text) is not None
    text = _LACKS.sub(" ", _NOBODY.sub(" ", text))
    return Subject(_pieces(text), frozenset(_FIGURE.findall(text)), lacks, number)


def _pieces(text: str) -> frozenset[str]:
    """The words of ``text``, and the characters that stand alone in it."""
    found = set(words(text))
    for run in re.findall("[\u4e00-\u9fff]+", text):
        if not words(run):
            found |= content(run)
    return frozenset(found)


def is_same_subject(ours: Subject, theirs: Subject, said: Passage, due: Passage) -> bool:
    """Whether what the reply ``said`` of ``ours`` may be held against what the answer ``due`` says of ``theirs``.

    Names differ, so two subjects are told apart only where one of the texts speaks of both, or the reply of one sort of
    the goods that the answer does not name.
    """
    if ours.lacks != theirs.lacks or (ours.figures and theirs.figures and ours.figures.isdisjoint(theirs.figures)):
        return False
    if any(_VARIANT.search(word) and word not in due.text for word in ours.words):
        return False
    return not (_is_elsewhere(ours, due, theirs) or _is_elsewhere(theirs, said, ours))


def _is_elsewhere(subject: Subject, passage: Passage, other: Subject) -> bool:
    """Whether ``passage`` speaks of ``subject``, but not where it speaks of ``other``: in that clause or, if ``other``
    is left out there, the one before it."""
    named = subject.words | subject.figures
    clauses = passage.clauses[max(0, other.number - (not other.named)) : other.number + 1]
    here = passage.text[clauses[0].start : clauses[-1].end]
    return not any(word in here for word in named) and any(word in passage.text for word in named)


def is_excepted(subject: Subject, number: int, said: Passage, due: Passage, asked: Passage) -> bool:
    """Whether ``due`` limits the rule of its clause ``number`` right behind it (新疆除外), and the reply ``said`` may
    mean that case: of its own ``subject``, or of one that it or the question names."""
    sentence = due.clauses[number].sentence
    behind = (clause for clause in due.clauses[number + 1 : number + 3] if clause.sentence == sentence)
    clauses = [clause for clause in behind if _EXCEPT.search(due.of(clause))]
    if subject.named:
        return bool(clauses)
    excepted = (words(_EXCEPT.sub(" ", due.of(clause))) for clause in clauses)
    return any(not named.isdisjoint(words(text)) for named in excepted for text in (said.text, asked.text))
