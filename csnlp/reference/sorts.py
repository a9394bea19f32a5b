"""Words of which only one sort fits a thing: couriers, materials, colours, flavours, places of origin.

顺丰 and 圆通 cannot both be how the shop sends. 橡木 is a sort of 实木, though, and 福建 a part of 中国: a path tells
what a word belongs to, and two words differ only where neither path leads to the other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from csnlp.reference.answers import bare_answer
from csnlp.reference.clauses import Clause, Passage, content, is_exception, tells
from csnlp.reference.result import Judgement
from csnlp.reference.stance import SUBJECT, SUBJECT_WORD, stance
from csnlp.text.provinces import PROVINCES

# What each sort is asked by.
ASKED_BY = {
    sort: re.compile(words)
    for sort, words in {
        "courier": "快递|物流|发什么|发哪家",
        "material": "材质|材料|面料|什么料|[是用]什么做|什么[绒毛皮木]|质地|填充.{0,2}什么",
        "colour": "颜色|什么色|哪个?色",
        "flavour": "口味|什么味",
        "place": "产地|产自|(?:哪[里儿]?|什么地方)(?:生?产|的$)|进口|国产",
        "system": "系统",
    }.items()
}
# sort → path: its spellings, where they are not its last word.
# No words that mean more than one thing (天天, 百世, 银 of 银行).
_WORDS = {
    "courier": "顺丰 圆通 中通 申通 韵达 极兔 德邦 京东 邮政:邮政,ems",
    "material": "棉:纯棉,全棉,棉质,精梳棉 棉/长绒:长绒棉 涤纶:聚酯纤维,涤纶,化纤 麻:亚麻,苎麻 "
    "真丝:真丝,桑蚕丝,蚕丝 羊毛 羊绒 锦纶:锦纶,尼龙 皮:真皮 皮/牛:牛皮,牛皮革 皮/牛/头层:头层牛皮 皮/牛/二层:二层牛皮 "
    "皮/羊:羊皮 皮/猪:猪皮 人造革:人造革,pu皮,pu革,仿皮,合成革,超纤 鹅绒:鹅绒,白鹅绒 "
    "鸭绒:鸭绒,白鸭绒 不锈钢 不锈钢/304:304不锈钢 不锈钢/316:316不锈钢,316l不锈钢 "
    "不锈钢/201:201不锈钢 铝:铝合金 铁:铸铁 铜:黄铜,纯铜 塑料 塑料/abs:abs 塑料/pp:pp 塑料/pc:pc "
    "塑料/亚克力:亚克力 玻璃 玻璃/硼:高硼硅玻璃 陶瓷 陶瓷/骨瓷 腈纶 硅胶 乳胶 海绵 竹:竹子,竹木,楠竹 "
    "木:实木,原木,纯实木 木/橡:橡木,橡胶木 木/松:松木 木/胡桃:胡桃木 木/榉:榉木 "
    "板:密度板,颗粒板,刨花板,人造板,纤维板",
    "flavour": "原味 草莓味 巧克力味 香草味 抹茶味 芒果味 麻辣味:麻辣味,麻辣 五香味:五香味,五香 "
    "香辣味:香辣味,香辣 番茄味 柠檬味 葡萄味 苹果味 牛奶味 海盐味 蓝莓味 蜜桃味:蜜桃味,水蜜桃味 "
    "薄荷味",
    "place": "中国:中国,国产 日本 韩国 德国 美国 法国 意大利 泰国 越南 马来西亚 印尼 新西兰 "
    "澳洲:澳洲,澳大利亚 荷兰 智利",
    "system": "安卓:安卓,android 苹果:苹果,ios 鸿蒙 windows",
}
# 深灰色 is a sort of 灰色.
_COLOUR = re.compile("(?:[深浅淡亮暗墨天藏军酒奶玫]|粉(?=红))?(?P<base>[黑白红蓝绿黄灰紫粉棕橙])色")
# A text that names more is no chat reply, nor does a longer clause say but one thing, or a longer question ask it.
_MOST, _MOST_PLAIN, _MOST_ASKED = 40, 60, 300


def _paths() -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for sort, rows in _WORDS.items():
        for row in rows.split():
            path, _, spellings = row.partition(":")
            for word in (spellings or path.rpartition("/")[2]).split(","):
                found[word] = sort, path
    return found | {name: ("place", f"中国/{name}") for name in PROVINCES}


_PATHS = _paths()
_LATIN = re.compile("[a-z]")
_LISTED = re.compile(
    "|".join(
        rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])" if _LATIN.match(word) else re.escape(word)
        for word in sorted(_PATHS, key=len, reverse=True)
    )
)
_COTTON = re.compile(r"[0-9]{1,3}%(?:精梳|长绒)?棉|棉(?=的)|棉[0-9]{1,3}%")
# 95%棉 is no 纯棉, nor is it none.
_BLEND, _PURE = re.compile("(?<![0-9.])(?!100%)[0-9.]{1,4}%"), re.compile("[纯全]|100%|百分之?百")
# What a clause may hold beside the word and what it was asked by, and only say that it is so: 面料是用…做的, 默认发….
_COPULA = re.compile(
    "采用|选用|使用|一般|通常|随机|原产|出产|生产|来自|食品级|优质|只有|主[料体要]|成分|这[种件个款]|我们|给[您你]|[是为用发走寄做制成产选和或、只仅料质这纯:]"
)
# What is sent for more money, or to whom asks: 如需顺丰请补差价.
_OPTION = re.compile("如需|补|改[发换]|差价")
# What makes a case, and tells little else: 大件, 另外.
_CASE = re.compile("[大小多少前后上下内外左右另好]")
# 这个斜挎包 is the goods, but 这个盖子 a part.
_GOODS = re.compile(
    "这[个件双款条只张口把台][^的是什用有]{0,3}[^盖底芯壳胆柄带领袖扣盘腿架轮链线盒套里外面子的是什用有](?=是|的|什么|用|有)"
)
# What is inside goes by many names.
_INSIDE = re.compile("里面|里头|内里|内部|填充物?|[被枕内]芯|内胆")
_ORIGIN = re.compile("产[地自于][是为自在: ]*$")
# Of these a question speaks that asks for nothing but the goods: 这件衣服, 这双鞋.
_GENERIC = frozenset("吗子被这那件双条包袋盒瓶个款种套床张衣服裤子裙鞋买卖请问想东西产品宝贝商家真正纯全百分知道")
# What the customer does or gets back (您发圆通就可以, 退货发什么快递), a guess, an offer
# (可以发顺丰, 红色有的), and what is so only now.
_OWN = re.compile("(?<![给为帮替])[您你](?!好)|退|换|寄回|可能|也许|或许|应该|暂|临时|现在|目前|最近|可以|能|也|还|有")
# What a question asks of one order, or of the shop and not its goods.
_ASKED_OWN = re.compile("我(?:[这那](?![边里])|[的拍买收订上])|退|换|寄[回给到去]|上次|之前|[店仓]|[你您]们?[是在]")
_IS_IT = re.compile("产?的?(?:吗|么|还是|嘛|吧|[?]|$)")


@dataclass(frozen=True, slots=True)
class Sort:
    """A word at ``text[start:end]`` of a passage, its ``sort``, and the ``path`` of what it belongs to."""

    start: int
    end: int
    sort: str
    path: str

    def fits(self, other: Sort) -> bool | None:
        """Whether it is the ``other`` or what that belongs to (不锈钢 for 304不锈钢); None for one of its sorts."""
        if self.sort != other.sort or self.path == other.path or other.path.startswith(f"{self.path}/"):
            return self.sort == other.sort
        return None if self.path.startswith(f"{other.path}/") else False


@lru_cache(maxsize=64)
def sorts_in(text: str) -> tuple[Sort, ...]:
    """The words of a sort in folded ``text``, in order. Some are kept: standard answers and questions come again."""
    found = [Sort(*match.span(), *_PATHS[match[0]]) for match in islice(_LISTED.finditer(text), _MOST)]
    found += [Sort(*match.span(), "colour", match["base"]) for match in islice(_COLOUR.finditer(text), _MOST)]
    found += [Sort(*match.span(), "material", "棉") for match in islice(_COTTON.finditer(text), _MOST)]
    found.sort(key=lambda item: item.start)
    ends = [0, *(item.end for item in found)]  # 棉 of 纯棉的 is one with it
    return tuple(item for item, end in zip(found, ends, strict=False) if item.start >= end)


def judge_sorts(said: Passage, due: Passage, asked: Passage) -> list[Judgement]:
    """The judgements on clauses that only say of which sort a thing is, where the question asks for that.

    Where the standard answer has more than one (of parts that differ), what fits one of them may be of another.
    """
    named = sorts_in(due.text)
    expected = [item for item in named if is_told(due, item)]
    judged = []
    for sort in dict.fromkeys(item.sort for item in expected):
        theirs = [item for item in expected if item.sort == sort]
        stated = [item for item in sorts_in(said.text) if item.sort == sort and is_told(said, item)]
        if any(item.fits(other) is None for item in stated for other in theirs):
            continue
        if len({any(item.fits(other) for other in named) for item in stated}) > 1:
            continue
        alike = any(item.fits(other) for item in stated for other in named)
        parts = len({item.path for item in theirs}) > 1 and not all(is_alone(due, item) for item in theirs)
        wanted = asks_for(asked, sort) and not (_ASKED_OWN.search(asked.text) and not _ASKED_OWN.search(due.text))
        shown = due.text[theirs[0].start : theirs[0].end]
        if not alike and not any(is_of_what_is_asked(due, item, asked) for item in theirs):
            continue
        if _BLEND.search(due.text) and _PURE.search(f"{said.text} {asked.text}"):
            continue
        judged += [
            Judgement(item.start, item.end, alike, shown)
            for item in stated
            if is_plain(said, clause := said.clause_at(item.start), sort)
            and (wanted or ASKED_BY[sort].search(said.of(clause)))
            and not (alike and (parts or not any(item.fits(other) for other in theirs)))
        ]
        if not stated and not parts:
            judged += judge_yes(said, asked, theirs, shown)
    return judged


def judge_yes(said: Passage, asked: Passage, due: Sequence[Sort], shown: str) -> list[Judgement]:
    """The judgement on a bare yes or no to a question for a sort (是纯棉的吗), where the thing is of ``due``."""
    items = [item for item in sorts_in(asked.text) if _IS_IT.match(asked.text, item.end)]
    answer = bare_answer(said, asked.text) if len(items) == 1 and items[0].sort == due[0].sort else None
    if not answer or not SUBJECT.fullmatch(asked.text, asked.clause_at(items[0].start).start, items[0].start):
        return []
    fits = {items[0].fits(other) for other in due}
    if len(fits) != 1 or None in fits:
        return []  # 不是的 of 棉60%,涤纶40%
    return [Judgement(answer.start, answer.end, answer.yes == (True in fits), shown)]


def asks_for(asked: Passage, sort: str) -> bool:
    """Whether the question is of which of ``sort`` a thing is: 什么面料, 纯棉的吗."""
    return ASKED_BY[sort].search(asked.text) is not None or any(
        item.sort == sort and _IS_IT.match(asked.text, item.end) for item in sorts_in(asked.text)
    )


def is_plain(passage: Passage, clause: Clause, sort: str) -> bool:
    """Whether the clause only says of which of ``sort`` a thing is: 面料是聚酯纤维的, but not 里料是涤纶."""
    text = passage.of(clause)
    if len(text) > _MOST_PLAIN or _OWN.search(_sentence_up_to(passage, clause)):
        return False
    rest = beside(text, sort)
    return tells(rest) == 0 and not _CASE.search(rest) and not is_exception(passage, clause.start, "只有")


def is_alone(passage: Passage, item: Sort) -> bool:
    """Whether its clause names no part: 黑色、白色可选, but not 扣子红色."""
    return tells(beside(passage.of(passage.clause_at(item.start)), item.sort)) == 0


def is_of_what_is_asked(due: Passage, item: Sort, asked: Passage) -> bool:
    """Whether the standard answer says ``item`` of what the question asks for: no 表盘 of 表带, no 面料 of 里面.

    Where one of the two names anything, it has to stand in the other, too.
    """
    clause = due.clause_at(item.start)
    if clause.end - clause.start > _MOST_PLAIN or len(asked.text) > _MOST_ASKED:
        return False
    is_origin = _ORIGIN.search(due.text, clause.start, item.start)  # 安溪 of 产地福建安溪 is of no other thing
    theirs = content(beside(due.text[clause.start : item.end if is_origin else clause.end], item.sort))
    clauses = [asked.of(other) for other in asked.clauses]
    words = [text for text in clauses if ASKED_BY[item.sort].search(text)]
    words = words or [text for text in clauses if sorts_in(text)]
    wanted = frozenset(char for text in words for char in content(beside(_GOODS.sub("", text), item.sort)))
    return (
        theirs <= content(_INSIDE.sub("内", asked.text)) and wanted <= content(_INSIDE.sub("内", due.text)) | _GENERIC
    )


def beside(text: str, sort: str) -> str:
    """What the clause ``text`` says besides words of a sort and that a thing is so."""
    for item in reversed(sorts_in(text)):
        text = f"{text[: item.start]} {text[item.end :]}"
    text = _COPULA.sub(" ", ASKED_BY[sort].sub("", _INSIDE.sub("内", text)))
    return SUBJECT_WORD.sub("", text).replace(" ", "")


def _sentence_up_to(passage: Passage, clause: Clause) -> str:
    """The ``clause``, and the one before it in its sentence: 您的订单已经发了,是申通."""
    before = passage.clauses[max(0, passage.clause_number(clause.start) - 1)]
    first = before if before.sentence == clause.sentence else clause
    return passage.text[max(first.start, clause.start - _MOST_PLAIN) : clause.end]


def is_told(passage: Passage, item: Sort) -> bool:
    """Whether it is said of a thing, and not asked, denied, an exception or an option."""
    clause = passage.clause_at(item.start)
    if clause.asks or is_exception(passage, item.start, "只有") or _OPTION.search(passage.of(clause)):
        return False
    given = stance(passage, item.start, item.end)
    return given is None or given.affirmed
