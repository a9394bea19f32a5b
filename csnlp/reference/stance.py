"""Whether a text affirms or denies something: 可以开发票, 发票开不了, 没有不包邮的."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from csnlp.reference.clauses import Passage, content, tells

# Words that hold a character of negation and deny nothing; either-or questions, too.
_NO_DENIAL = re.compile(
    r"不好意思|不过|不仅|不但|不管|不论|不光|不只|不然|不如|不同|不久|不错|不断|不用担心|不要着急|不用着急|不客气|不妨|不止"
    r"|不少|对不起|了不起|差不多|要不|不一样|不一定|没错|没关系|没问题|没事|无论|无忧|无线|无理由|无糖|无条件|非常|非凡|除非"
    r"|未来|特别|分别|区别|类别|级别|识别|辨别|别人|别的|别担心|别急|别着急|无所谓|不粘|不锈|会员|没电|没问题|不限|有线|有机|有效"
    r"|不(?:合适|喜欢|满意|舒服|放心|适|懂)(?=还?[免可就能支给包换退也])"
)
_DENY = re.compile(
    "[用要]不着|并不是|并非|不是|没有|没办?法|无法|不(?:允许|准许?|让|支持|提供|接受|得|可以|可|能够?|会|给|予|需要?|用|必|要)?|没|无需?|未|非"
    "|别|勿|莫|(?<![0-9a-z.:])0(?=[\u4e00-\u9fff])(?!元)|零(?=[蔗添])|避免|禁止|严禁|拒绝|谢绝|取消|暂停"
)
# What may or must be done in the case that a denial before it describes: 不会安装可预约, 不耐用请送修. Behind a modal
# only those of the first pattern: 不能用完再退 denies it all. 不用请师傅 hires one.
_THEN_MAY = re.compile(
    "可以|(?<![认许宁尚])可(?![以爱能乐靠视口见观惜怕是行])|(?<![申邀聘外])请(?![人师工假求客教])|(?<!采纳)建议"
    "|(?<![供适对反响感相效])应(?![急用付收])|(?<![规原否准法])则"
)
_THEN_DO = re.compile(
    f"{_THEN_MAY.pattern}|(?<![成早迁])就(?![近餐医诊业读是])|再(?![次生度三版])"
    "|(?<![想需只主重必将快])要(?![求点件素紧么是])|(?<![必急特刚])需(?!求)|(?<!必)须|必须"
)
# A modal that is all of the case: 不要就退, 不会可以问.
_THEN_BARE = re.compile("可以|(?<!会)就(?![近餐医诊业读是])")
_BARE_CASE = frozenset(("不要", "不需", "不需要", "不用", "不会"))
_DENIED_CASE = ("不是", "并非", "没有", "没")
# All that is said of it before the word is that it fails: 仍不行预约上门.
_FAILS = re.compile("不行(?![走驶使程李政])")
# Verbs and adverbs that take what follows, so that no case ends with them (不代表可退货, 不含可拆卸内胆, 不另外要钱),
# and modals (不该让您再讲).
_TAKES = re.compile(
    "^[该应敢肯]|(?:代表|等于|意味着?|表示|说明?|保证|承诺|确定|清楚|知道|认为|觉得|见得|同意|建议|推荐|希望|担心|支持|提供|接受|允许|"
    "打算|愿意?|想|含|带|送|包|附|配|卖|售|做|收|是|有|再|另外?|额外|单独|随便|轻易|直接|完全|[多先都全太])$"
)
_AFFIRM = re.compile(
    "可以|支持|允许|接受|能够?|可|有|提供|享受?|(?<!就)是|正常|给|会|包|都|保证|送|含|带|需要?|要|得|必须"
)
_DENY_BEHIND = re.compile(
    "(?:我们|咱们|这边|这款|本店|目前|暂时|现在|是|都|均|也|的|暂|还){0,4}"
    "(不支持|不可以|不行|不能|不可|[用开做办退换送发改给收付刷打装参享退弄]?(?:不了|不到|不动)|不提供|不享受|不适用|没有|没法|无法|没|不开|不给|不做|不包|不送|不含|不带|不收|不退|不换|"
    "不保|不需要|不用|不要|免|取消了?|禁用|禁止|不宜)"
    "(?:享受|使用|适用|办理?|开具?|提供|支持|退|换|做|用|的|了|哦|呢|哈|呀|啊|嘛|喔|噢|亲){0,4}$"
)
_AFFIRM_BEHIND = re.compile(
    "(?:我们|咱们|这边|这款|本店|目前|现在|都|均|也|的|是){0,4}(可以?|支持|没问题|有|能|行|提供|享受|需要|要|会)"
    "(?:放心|安全|正常)?(?:享受|使用|适用|办理?|开具?|提供|支持|退|换|做|用|的|了|哦|呢|哈|呀|啊|嘛|喔|噢|亲){0,4}$"
)
# 质量没问题 tells that nothing is wrong with it, not that it may be had.
_SOUND = frozenset(("质量", "品质", "性能", "功能", "商品", "产品", "宝贝", "货品", "包裹", "订单", "系统"))
# What must be done, not what may be: its denial (不用) is no 不能.
_NEED = re.compile("[用要]不着|不?需要?|必须|须|得|要|不用|不必|无需|免")
_MUST = re.compile("(?:需要?|必?须|要)$")
# How long before something must be done, and for how long it may be: 需提前1天预约, 支持7天无理由退货.
_AHEAD = re.compile(
    "(?:[0-9一二三四五六七八九十]{1,3}天)?(?:无理由|___)|提前(?:[0-9一二三两半]+个?(?:小时|工作日|[天日周月]))?"
)
# What tells a grade: ip68防水, 50米防水, 蓝牙5.3.
_GRADED = re.compile("[a-z0-9.]*[0-9][a-z0-9.]*(?:级|米|代)?$")
_GRADE = re.compile("[a-z0-9.]*[0-9][a-z0-9.]*")
_MOST_GRADE = 20
# A word that describes another is mentioned only: 包邮的商品.
_RELATIVE = re.compile("的(?![的了哦呢哈呀啊嘛喔噢亲哒滴哟呦~! ]|$)")
# 不上班谁养我, 没什么麻烦: no plain denial.
_RHETORICAL = re.compile("谁|怎么|什么|哪|咋|啥")
PARTICLES = re.compile("[的了哦呢哈呀啊嘛喔噢亲哒滴哟呦~! ]*$")
# Of these, more may stand before what they affirm: 支持开电子发票.
_PLAIN_AFFIRM = ("支持", "提供", "可以", "接受")
# What stands behind a denial that is a condition, before what is said in that case: 没有吊牌的不可以, 没拆封也支持.
_THEN = re.compile("[的就也则才都、,时 ]")
_EVEN = re.compile("[也就则才]|[前后时]都?")
# Denials that name a case where a statement follows: 非质量问题不支持.
_LACKING = re.compile("非|无(?!法|需)|未|不是|并非|没有?$")
# Denials that may make a word with what follows (无缝, 非标); then what stands before such a word where it tells how.
_PREFIXES = ("无", "未", "非", "0", "零")
_MAY_BEFORE = re.compile("(?:可以?|支持|能|有|会)$")
# What a denial takes without saying less: 不能开发票, 不能放入微波炉, 不能帮您联系. 不用您打孔 leaves it to others.
_LIGHT = re.compile(
    "[给帮替为跟让][您你]|享受|适用|办理|开具|提供|支持|申请|进行|参[加与]|直接|任何|另外|额外|"
    "[的了是算有在到就都也还再先多可以能会要得该被把将拿用使做办开打发送寄收改退换放进入上回去来走包含带附配给帮和与跟]|[^\u4e00-\u9fff]"
)
_DEGREE = re.compile("[得的了]?(?:很|太(?!阳)|厉害|严重|多少)")
# A verb between denial and word that takes the denial: 不影响使用.
_OTHER_VERB = re.compile("影响|妨碍|耽误")
# 不收寄存费 denies no 寄存.
_CHARGES = re.compile("[收付交花要用需]")
# A statement that follows, so that the denial names a case.
_PREDICATE = re.compile(
    "[^,、]{0,8}?(?:就|则|才|也[不可能支]|的话|时|不|无法|可以|支持|可(?![爱能乐])|(?<![功性])能(?!力)|会)"
)
# The first characters of policies that say what the shop does: 包邮, 免运费; 货到付款 may be the state of an order.
_DOING = frozenset("包免送保赠可支")
# What may stand before a policy without limiting it: 这款包邮, 全国包邮; not 拆封后, 新疆.
SUBJECT_WORD = re.compile(
    "亲|爱的|您好|你好|抱歉|很|不好意思|对不起|我们|咱们|咱|这款|这个|这边|这里|这|本店|小店|本款|该|全店|全场|全国|店铺|店里|店|"
    "所有|商品|产品|宝贝|目前|现在|暂时|暂|一律|统一|默认|都|是|也|家|的|呢|哦|哈|[ ,]"
)
SUBJECT = re.compile(f"(?:{SUBJECT_WORD.pattern})*")
# Characters before a word in which what affirms or denies it stands, and telling ones that may stand between.
_REACH = 8
_GAP = 2


@dataclass(frozen=True, slots=True)
class Stance:
    """``affirmed`` or denied; ``need`` tells whether it is a must (需要, 不用) and not a may (可以, 不能).

    ``text[start:end]`` holds the word and what affirms or denies it; ``limits`` are the characters by which a denial
    says less than the word: 到付 of 不支持到付退货, 很多 of 不会缩水很多.
    """

    affirmed: bool
    need: bool
    start: int = field(compare=False)
    end: int = field(compare=False)
    limits: frozenset[str] = field(default=frozenset(), compare=False)


def stance(passage: Passage, start: int, end: int, *, bare: bool = False) -> Stance | None:
    """How the clause around ``text[start:end]`` affirms or denies it; None where it does neither plainly.

    The word that does so stands before it with at most two other telling characters between (可以开发票), or right
    behind it. Two denials affirm (没有不包邮的). A question, or a mere mention, is neither.
    ``bare``: the word is a verb that affirms by itself (防水的亲).
    """
    clause = passage.clause_at(start)
    if clause.asks:
        return None
    begin = max(clause.start, start - _REACH - 4)
    window = _past_cases(_masked(passage.text[begin : min(clause.end, end + 20)]), start - begin)
    before, behind = window[: start - begin][-_REACH:], window[end - begin :]
    first = start - len(before)
    if _RELATIVE.match(behind) or _RHETORICAL.search(window):
        return None
    denials = [denial for denial in _DENY.finditer(before) if not _is_compound(before, denial)]
    chain = _chain(before, denials)
    affirmed = _affirmed(before, _behind_condition(before, denials))
    if affirmed and not (before[affirmed[0]] == "是" and _DENY_BEHIND.match(behind)):  # 退是退不了的
        return Stance(True, affirmed[1], first + affirmed[0], end)
    near = bool(chain) and tells(before[chain[-1].end() :]) <= _GAP
    if near and _is_condition(before, behind, denials, chain):
        return None
    if near and behind.startswith("费") and _CHARGES.search(before, chain[-1].start()):
        return None
    match = _DENY_BEHIND.match(behind)
    if match and not (near and match[1] in ("不退", "不换")):  # 不退不换 denies both
        return None if near else Stance(False, _NEED.search(match[1]) is not None, start, end + match.end(1))
    if near:
        last = chain[-1]
        if last[0] in _PREFIXES and tells(before[last.end() :]):
            return None
        need = _NEED.match(before, last.start()) is not None
        limits = _limits(before[last.end() :], behind)
        return Stance(len(chain) % 2 == 0, need, first + chain[0].start(), end, limits)
    if denials:
        return None
    match = _AFFIRM_BEHIND.match(passage.text[end : begin + len(window)])  # unmasked, for 没问题
    if match and not (match[1] == "没问题" and passage.text[start:end] in _SOUND):
        return Stance(True, _NEED.match(match[1]) is not None, start, end + match.end(1))
    doing = (bare or passage.text[start] in _DOING) and PARTICLES.match(behind) and len(behind) == clause.end - end
    return Stance(True, False, start, end) if doing and SUBJECT.fullmatch(before) else None


def is_graded(passage: Passage, start: int, end: int) -> bool:
    """Whether the clause names ``text[start:end]`` with a grade and nothing else, so that there is such a thing.

    ip68防水, 50米防水, 蓝牙5.3.
    """
    clause = passage.clause_at(start)
    before, behind = passage.text[clause.start : start], passage.text[end : clause.end]
    if len(before) + len(behind) > _MOST_GRADE or not (_GRADED.search(before) or _GRADE.match(behind)):
        return False
    return bool(SUBJECT.fullmatch(_GRADED.sub("", before)) and PARTICLES.fullmatch(_GRADE.sub("", behind)))


def _is_compound(before: str, denial: re.Match[str]) -> bool:
    """Whether ``denial`` belongs to a word that tells how a thing may be done: 支持无缝安装, 可无限回放."""
    return (
        denial[0] in _PREFIXES
        and tells(before[denial.end() :]) > 0
        and _MAY_BEFORE.search(before, 0, denial.start()) is not None
    )


def _limits(gap: str, behind: str) -> frozenset[str]:
    """What limits a denial: ``gap`` stands between it and its word, ``behind`` behind the word."""
    degree = _DEGREE.match(behind)
    return frozenset(_LIGHT.sub("", gap) + (degree[0] if degree else ""))


def _chain(before: str, denials: list[re.Match[str]]) -> list[re.Match[str]]:
    """The last of ``denials`` and those that it directly follows, which it denies in turn: 不是不可以.

    One further off is a condition (非质量问题不支持) or stands for itself (不可水洗、不可暴晒).
    """
    first = len(denials) - 1
    while first > 0:
        between = before[denials[first - 1].end() : denials[first].start()]
        if tells(between) or _THEN.search(between):
            break
        first -= 1
    return denials[max(0, first) :]


def _is_condition(before: str, behind: str, denials: list[re.Match[str]], chain: list[re.Match[str]]) -> bool:
    """Whether the denial belongs to the case that the clause goes on to speak of (没有吊牌的不可退), or one further off
    may deny it after all (没有地方不包邮)."""
    if _OTHER_VERB.match(before, chain[-1].end()):
        return True
    if len(chain) == 1 and _LACKING.match(chain[0][0]) and _PREDICATE.match(behind):
        return True
    others = denials[: len(denials) - len(chain)]
    universal = bool(others) and others[-1][0].startswith("没")
    return universal and not _THEN.search(before, others[-1].end(), chain[0].start())


def _behind_condition(before: str, denials: list[re.Match[str]]) -> int:
    """Where what is affirmed in the case of the last denial may begin (不是质量问题也支持); the end, if none."""
    if not denials:
        return 0
    last = denials[-1]
    if last[0] in ("非", "未", "无"):
        return min(len(before), last.end() + 1)
    then = _EVEN.search(before, last.end())
    return then.start() if then and tells(before[last.end() : then.end()]) > 1 else len(before)


def _affirmed(before: str, begin: int) -> tuple[int, bool] | None:
    """Where the word behind ``before`` is affirmed from ``begin`` on, and whether as a must."""
    for match in _AFFIRM.finditer(before, begin):
        reach = _GAP + 1 if match[0] in _PLAIN_AFFIRM else 0 if match[0] in ("是", "正常") else _GAP
        if tells(_AHEAD.sub("", before[match.end() :])) <= reach:
            must = _NEED.match(match[0]) or _MUST.search(before, 0, match.start())
            return match.start(), must is not None  # 需提供 is a must, too
    return None


def is_general(passage: Passage, index: int, asked: str) -> bool:
    """Whether nothing in the clause before ``index`` limits what is said (拆封后), but what the question named."""
    clause = passage.clause_at(index)
    before = passage.text[max(clause.start, index - 30) : index]
    if before.startswith(("就", "则", "那就", "便")):
        return False
    return content(_AFFIRM.sub("", _DENY.sub("", SUBJECT.sub("", _masked(before))))) <= content(asked)


def _past_cases(window: str, index: int) -> str:
    """``window`` with each case masked that a denial before ``index`` describes: the 不够 of 不够可以加购.

    A case that is denied in turn stays (不是不够可以加购).
    """
    spans = [match.span() for match in _FAILS.finditer(window, 0, index)]
    denials = [match for match in _DENY.finditer(window) if match.start() < index]
    ends = [*(match.start() for match in denials[1:]), len(window)]
    for denial, behind in zip(denials, ends, strict=False):
        begin, end = denial.span()
        if not denial[0].startswith("不") or denial[0] == "不是" or window[:begin].endswith(_DENIED_CASE):
            continue
        then = (_THEN_DO if denial[0] == "不" else _THEN_MAY).search(window, end, behind)
        if then and (then.start() == end or _TAKES.search(window[end : then.start()])):
            then = None
        if denial[0] in _BARE_CASE:
            then = then or _THEN_BARE.match(window, end)
        if then and then.start() <= index:
            spans.append((begin, then.start()))
    for begin, end in spans:
        window = window[:begin] + "_" * (end - begin) + window[end:]
    return window


def _masked(text: str) -> str:
    return _NO_DENIAL.sub(lambda match: "_" * len(match[0]), text)
