"""Whether words in a clause are denied: negated before them (不能加微信) or denied, or warned of, behind them
(加微信是违规的).

A negation bears on a term only where it governs it. In 不会装可以加我微信 it governs 装 alone: 可以 begins something
new.
"""

from __future__ import annotations

import re

NEGATION_WINDOW = 10
"""Characters before a term, in its clause, in which a negation may bear on it."""

DENIAL_WINDOW = 24
"""Characters behind a term in which it may be denied."""

# In a chat a space often stands for a comma: 不贵 全网最低价. Between single characters (不 能 保 证) it is a mask.
_BREAK = re.compile(r"[，。！？；：、,!?;:\n~～…]|(?<!\d)\.(?!\d)|(?<=[\u4e00-\u9fff]{2}) +(?=[\u4e00-\u9fff]{2})")

# Words that hold a negation and negate nothing of what follows.
_NO_NEGATION = re.compile(
    r"不好意思|不过|不仅|不但|不管|不论|不光|不只|不然|不如|不同|不久|不错|不断|不用担心|不客气|对不起"
    r"|没错|没关系|没问题|没事|无论|无忧|无线|无理由|非常|非凡|除非|未来|特别|分别|区别|类别|级别|性别|个别|别人|别的|别家"
    r"|(?:不用?|不要|别)(?:着?急|担心|慌)|[不没](?:骗|瞒|信|蒙)[您你]|不得不"
)

# Refusals, prohibitions and warnings: they reach over any words up to the end of their clause.
_FORBIDS = (
    r"不(?:要|能|准|许|让|得|允许|支持|建议|提倡|鼓励|接受|可以|可能|可|应该?|该|敢|肯)|别|勿|莫|没有?(?:办法|法|必要)"
    r"|无法|难以|谢绝|拒绝|杜绝|严禁|禁止|谨防|警惕|当心|提防|防止|陌生人|(?<!不是)骗子|诈骗|冒充|不法分子|自称|骗局|凡是"
)
# Statements that deny all that they are about, whatever its form.
_UNSAID = (
    r"[不没]是说|[没不]有?(?:人|谁|哪[个家位])|没有?[说讲](?:过|了)?|没有?(?:答应|承诺)过?"
    r"|不(?:代表|等于|意味着?|表示|认为|见得|一定)|未必|并非|[算称谈说比]不上"
)
_PLAIN = r"不(?:会|用|必|需要?)|无[需须]|不|没有?|无|未|非"
_NEGATION = re.compile(f"(?P<unsaid>{_UNSAID})|(?P<forbids>{_FORBIDS})|(?P<plain>{_PLAIN})")

# What begins something new after a negated condition or reason.
_NEW_START = re.compile(
    r"的话|(?:的|有)?时候|(?<!^)就|(?<!^)可以|(?<![邀申])请(?!求)|麻烦[您你]|所以|因此|但|然后|只[能好]|还是|赶紧|尽管|随时|欢迎"
    r"|的(?=$)(?#: the end, before a verb)"
)
_VERB = re.compile(r"添?加(?![^我您你咱微薇vwq企绿群客店老])|扫|私|[转打付汇]|发|告诉|[留给]个")
_PRONOUN = re.compile(r"(?:您|你|咱|我)们?(?!的)|亲(?!自|口)|这边")
# A pronoun behind one of these is an object, not the subject of something new.
_TAKES_OBJECT = re.compile(
    r"[给帮为替跟和与同对向把被让叫请由找问到过了怪赖怨说讲]$|(?:告诉|要求|引导|影响|建议|允许|支持|需要)$"
)

# Through these words a plain negation reaches on to what it governs.
_REACHED_THROUGH = re.compile(
    r"(?:[能会要用必需须让叫使给帮为替跟和与同对向把被许准肯敢可应得该好太再有是在去来到说讲怪赖怨个了过着的人都也还只多乱做算称打写含很]"
    r"|允许|建议|支持|提倡|鼓励|推荐|提供|接受|方便|希望|愿意?|想|可能|可以|应该|随[便意]|轻易|私[自下]|擅自|单独|主动|直接|通过"
    r"|另外|额外|告诉|答应|承诺|保证|确[定认]|清楚|知道|认为|觉得|任何|什么|理由|以|因|这么|那么|这样|那样|这个|那个|一个|这种|那种"
    r"|百分之?百|绝对|完全|马上|现在|立刻|立即|[今明后]天|[今明]晚|相信|[听轻]信|引导|诱导|要求|强制|办法|[他别]人|陌生人|客服|商家"
    r"|[卖买]家|[客顾]客?户?|顾客|平台|我们?|[您你咱]们?|亲|[他她它]们?|对方|属于|具备|含有|涉及|达到|存在|用到|添加|使用|宣传|产品"
    r"|商品|本店|店里|时间|收到|问|够|真|谁|所谓|一定|肯定|就|直|至少|具体|准确|随时|自己|亲自|单方面|简单|宣扬|标榜|[自号]称|吹嘘|夸口|追求|参与|能力|资格|权限|底气|把握|信心|根据|依据)*"
)
_INVITES = re.compile(r"添?加(?:一?下|个)?[我咱]")
_EXCUSE = re.compile(r"不(?:太|大|是很)?(?:方便|便|清楚?|明白|知道|确定|[到了上出开动懂完成见])")

# 没有衣服是永远不起球的, 没有哪款能做到百分百: nothing is. 没有药保证根治: no thing of a kind does.
# But 没有中间商保证根治 promises it: there it is the middleman who is missing.
_ALL_OF_A_KIND = (
    r"哪[款种个样家件][^的话就您你我咱亲这那]{0,4}?"
    r"|(?:任何|什么|一?[款种个样家件])?(?:东西|[产商用制药食货物]品|药物?|品牌|牌子|厂家|商家|店|方[法子])[都也会真]?"
)
_IS_DONE = r"是|能够?|敢[说讲]?|做[得到]|达到"
_NONE_IS = re.compile(
    rf"东西|(?:(?!保证|承诺)[^的话就您你我咱亲这那]){{0,8}}?(?:{_IS_DONE})+"
    rf"|(?:{_ALL_OF_A_KIND})(?:{_IS_DONE}|保证|承诺)+"
)

_FILLER = (
    r"(?:交易|付款|支付|聊天?|沟通|联系|转账|转钱|打款|退款|办理|操作|下单|买|卖|发货|的|客服|人|商家|卖家|店家|话|事|说法|做法"
    r"|行为|情况|方式|要求|信息|消息|短信|电话|承诺|保证|[这那](?:种|类|样)?|什么|之类|一律|[都全均]|基本|多半|往往|肯定|绝对|一定|其实"
    r"|本身|[也就才可]|可能|通常|一般|平台|淘宝|官方|我们?|咱们?|这边|小店|目前|现在|这话|称号|[”」』\"]| )*"
)
_WORD_REST = r"[^不没无别勿莫防免怕你您我,。!?;:\s]{0,3}?"  # 最低|价: a term may end within a word
_IS = r"(?:是|属于?|算是?)?"
_ENDS = r"(?=[的哦呢噢喔呀啊哈亲,。!?;~…\s]|$)(?!的?[吗么嘛?])"
_STOPS = r"(?:而已|罢了|[的哦呢噢喔呀啊哈亲 ])*(?=[,。!;~…\s]|$)"
_FLATLY = (
    r"违[规法反]|(?:是|属于?)(?:个|一种|来|用来)?(?:骗(?![您你])|诈骗|假|冒充)|有风险|不安全|不合[规法]|不正规|没有?保障|无保障"
    rf"|不受(?:平台|法律|任何)?保|(?<!信)[不别勿](?:能|可|要)?(?:相信|信|理){_ENDS}|谨防|容易(?:被骗|上当)|会被(?:骗|封|罚|处罚)|不存在"
    rf"|(?:不|没人|谁也不)敢(?:说|讲|保证|承诺|夸|打包票|这[样么]说|答应[您你亲]?{_STOPS})"
    rf"|(?:不(?:太)?(?:科学|健康|准确|严谨)|没有?(?:任何|什么|科学)*[依根]据|噱头){_STOPS}"
    r"|对身体(?:有害|不好|伤害(?![小低少])|没好处)"
    rf"|(?:是|属于?)?钓鱼|不是(?:我们|本店|官方|平台)(?:的|{_ENDS})"
    r"|请(?:[您你]|直接|立即|马上|向(?:平台|官方))*(?:拒绝|举报|挂断|拉黑)|请?[您你]?(?:不要|别|勿)(?:照做|理[他她会睬])"
)
_MILDLY = (
    rf"不(?:被)?允许|不支持|不提倡|不建议|不可能|不现实|不靠谱|不成立|不(?:行|可以|可取|对){_ENDS}|禁止|谈不上|[算说称]不上"
    rf"|不好说|说不准|不能(?:说|保证|(?:答应|承诺)[您你亲]?{_STOPS})|[没无]法(?:说|保证)|保证不了|[做达办]不[到了](?!假)"
)
# 零辐射的电器是没有的, 国家级的称号我们没有: there is none. What others or the platform have not, we may have. And a
# flaw of it (根治的方子副作用没有) may be missing: hence one short word, and none for a flaw.
_ABSENT = (
    rf"{_WORD_REST}[”」』\"]?的(?:(?!别|同行|其|平台|淘宝|天猫|官方|页面|外面|[这那]里|有)[^\W\d_味病瑕疵缺差问副噪刺]){{0,2}}"
    r"(?:我们?|咱们?|本店|小店|店里|目前|现在|世上|世界上|市面上|根本|其实|基本|肯定|绝对|是|都|也)*"
    rf"(?:没有|不存在)的?{_ENDS}"
)
_DENIED = re.compile(
    rf"{_WORD_REST}{_FILLER}(?:[, ] ?{_FILLER}{_IS}(?:{_FLATLY})|{_IS}(?:{_FLATLY}|{_MILDLY}))|{_ABSENT}"
)
# 肯定到不了 promises nothing; 肯定坏不了 does.
_PROMISES = re.compile(r"肯定|一定|绝对|保证|百分之?百|必定|铁定")
_GUESSES = re.compile(r"应该|可能|大概|大抵|估计|好像|也许|或许|差不多|[我感]觉|说不定")
_FAILS = re.compile(r"[^,。!?;\s不]{0,4}[到达发送赶来退办修改做拿收排补派]不[了到上及成完出]")


def clause_start(text: str, at: int) -> int:
    """Where the clause (between punctuation) that holds position ``at`` starts."""
    start = 0
    for match in _BREAK.finditer(text, max(0, at - 200), at + 2):  # a break is known by what follows it
        start = match.end() if match.end() <= at else start
    return max(start, at - 200)


def negated(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` (folded text) is denied in its clause, before it or behind it."""
    return _negated_before(text, start, end) or _denied_behind(text, start, end)


def _negated_before(text: str, at: int, end: int) -> bool:
    begin = max(clause_start(text, at), at - NEGATION_WINDOW)
    # A word like 不过 may begin before the window: look at it whole.
    look = max(0, begin - 4)
    window = _NO_NEGATION.sub(lambda match: "＿" * len(match.group()), text[look:at])
    negations = _NEGATION.finditer(window, begin - look)
    return any(_governs(match, text[look + match.end() : at], text[at:end]) for match in negations)


def _governs(negation: re.Match[str], between: str, term: str) -> bool:
    """Whether ``negation`` bears on ``term``, with the words ``between`` them."""
    if negation.lastgroup == "unsaid":
        return "的话" not in between and (not _INVITES.match(term) or _reached(between))
    if _begins_anew(between, term):
        return False
    if negation.lastgroup == "forbids":
        return not _INVITES.match(term) or _reached(between)  # 不能讲价加我微信: he bids what is not forbidden
    if _INVITES.match(term) and _EXCUSE.match(negation.group() + between):
        return False  # what does not suit is talking here, or is not clear: the customer is to add him
    return _reached(between) or (negation.group() in ("没", "没有") and _NONE_IS.fullmatch(between) is not None)


def _begins_anew(between: str, term: str) -> bool:
    for match in _NEW_START.finditer(between):
        if match.group() != "的" or _VERB.match(term):  # 没收到的加我微信, but 没有绝对的保证
            return True
    subjects = (match.start() for match in _PRONOUN.finditer(between))
    return any(not _is_object(between[:start]) for start in subjects)


def _is_object(before: str) -> bool:
    """Whether a pronoun behind these words, which follow a negation, is no subject of something new."""
    return _TAKES_OBJECT.search(before) is not None or _reached(before)


def _reached(between: str) -> bool:
    return _REACHED_THROUGH.fullmatch(between) is not None


def _denied_behind(text: str, start: int, end: int) -> bool:
    if _GUESSES.match(text, start):
        return False  # 应该是假的 is a guess all the same
    if _DENIED.match(text[end : end + DENIAL_WINDOW]):
        return True
    return _PROMISES.match(text, start) is not None and _FAILS.match(text, end - 1, end + 8) is not None
