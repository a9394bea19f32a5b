"""The units of shop chats: what each measures, how large it is in the base unit, and what may not stand behind it.

Base units: money yuan · duration, workdays, clock hours · mass grams · length metres · area square metres ·
volume litres · power watts · energy kilowatt hours · charge mAh · capacity GB · frequency hertz · voltage volts ·
degrees (of temperature or angle) · percent, discount per cent (八折 is 80) · condition per cent of new · age years.
Horsepower (匹) and sizes (码) are their own. A count has its measure word in the dimension (``count:件``); measure
words that chats swap freely are one (回 and 遍 are 次).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit; ``low`` and ``high`` are its size in the base unit (they differ for months and years).

    A character of ``not_before`` right behind it makes another word of it (元旦, 天气). ``one`` tells whether a
    Chinese 一 counts with it: 一块 and 一度 are words of their own.
    """

    name: str
    dimension: str
    low: float
    high: float
    not_before: str = ""
    one: bool = True


@dataclass(frozen=True, slots=True)
class Amount:
    """A numeral and the unit behind it, if any: then ``low`` and ``high`` are in the base unit.

    ``ranged`` tells a range (三五天) from one value of an uncertain size (一个月).
    """

    start: int
    end: int
    low: float
    high: float
    unit: Unit | None = None
    approximate: bool = False
    ranged: bool = False


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount found in a text: the span ``[start, end)``, and the interval ``[low, high]`` in the base unit.

    A limit is open on its far side: 48小时内 is 0 to 48, 至少3天 is 72 to infinity. ``approximate`` marks 左右, 大概,
    十几 and their like. ``unit`` is the unit as named here, to tell 30天 from 一个月.
    """

    start: int
    end: int
    dimension: str
    low: float
    high: float
    approximate: bool = False
    unit: str = ""

    @property
    def at_most(self) -> bool:
        """Whether it is an upper limit (3天内)."""
        return self.low in (0, -inf) and self.high > self.low and self.high < inf

    @property
    def at_least(self) -> bool:
        """Whether it is a lower limit (3天以上)."""
        return self.high == inf


DAY = 24.0

# name, dimension, size in the base unit, spellings, characters that may not follow, whether 一 counts.
_ROWS: tuple[tuple[str, str, float | tuple[float, float], str, str, bool], ...] = (
    ("元", "money", 1, "元钱 元 块钱 圆 rmb 人民币", "旦素宵气", True),
    ("元", "money", 1, "块", "砖布板糕肉糖蛋巧表手屏毛地香饼玻木石瓷皮巾硬灯腹儿电肥磁豆冰姜蜂去来", False),
    ("角", "money", 0.1, "毛钱 毛 角钱", "衣巾孩发线绒呢笔病坯肚豆重利刺不毡刷球", False),
    ("分", "money", 0.01, "分钱", "", True),
    ("毫秒", "duration", 1 / 3_600_000, "毫秒 ms", "", True),
    ("秒", "duration", 1 / 3600, "秒钟 秒", "杀速懂", True),
    ("分钟", "duration", 1 / 60, "分钟 分种 mins min", "", True),
    ("刻钟", "duration", 0.25, "刻钟", "", True),
    ("小时", "duration", 1, "小时 个小时 钟头 个钟头 个钟 hours hrs h", "工", True),
    ("天", "duration", DAY, "天 自然日 个自然日", "气猫鹅津赋堂涯然", True),
    ("日", "duration", DAY, "日", "", False),
    ("周", "duration", 7 * DAY, "周 星期 个星期 礼拜 个礼拜", "岁龄边围年转身期", True),
    ("月", "duration", (28 * DAY, 31 * DAY), "个月 月龄", "饼球亮", True),
    ("季度", "duration", (90 * DAY, 92 * DAY), "季度 个季度", "", True),
    ("年", "duration", (365 * DAY, 366 * DAY), "周年 年", "级轻龄货糕款产初终末纪夜度代华头薪味底建志", True),
    ("工作日", "workdays", DAY, "工作日 个工作日 工作天", "", True),
    ("岁", "age", 1, "周岁 岁", "月数", True),
    ("吨", "mass", 1e6, "吨", "位", True),
    ("公斤", "mass", 1000, "公斤 千克 kg", "级", True),
    ("斤", "mass", 500, "斤", "斗", True),
    ("两", "mass", 50, "两", "下口句步全边侧面者用种手厢难把三", False),
    ("克", "mass", 1, "克 g 个g", "拉力服制隆莉里扣", True),
    ("毫克", "mass", 1e-3, "毫克 mg", "", True),
    ("磅", "mass", 453.59, "磅", "礴数", True),
    ("盎司", "mass", 28.35, "盎司 oz", "", True),
    ("公里", "length", 1000, "公里 千米 km", "", True),
    ("米", "length", 1, "米 m", "饭粥粉线酒面糊其奇老兰白色皮花阳黄糕码", True),
    ("厘米", "length", 0.01, "厘米 公分 cm", "", True),
    ("毫米", "length", 1e-3, "毫米 mm", "", True),
    ("寸", "length", 0.0254, "英寸 寸", "步头土", True),
    ("尺", "length", 1 / 3, "尺", "寸码子", True),
    ("平方米", "area", 1, "平方米 平米 平方 m2", "厘毫公", True),
    ("亩", "area", 666.67, "亩", "", True),
    ("升", "volume", 1, "升 l", "级温学降职值旗舱高腾为到至起码", True),
    ("毫升", "volume", 1e-3, "毫升 ml", "", True),
    ("瓦", "power", 1, "瓦 w", "片罐楞数斯解砾粉多人", True),
    ("千瓦", "power", 1000, "千瓦 kw", "时", True),
    ("匹", "horsepower", 1, "匹", "配马克萨兹", True),
    ("度电", "energy", 1, "度电 千瓦时 kwh", "", True),
    ("伏", "voltage", 1, "伏特 伏 v", "笔案天羲", True),
    ("毫安", "charge", 1, "毫安时 毫安 mah", "", True),
    ("GB", "capacity", 1, "gb 个gb", "", True),
    ("TB", "capacity", 1024, "tb t 个t", "恤台区型级字", True),
    ("MB", "capacity", 1 / 1024, "mb 兆", "瓦", True),
    ("分贝", "sound", 1, "分贝 db", "", True),
    ("赫兹", "frequency", 1, "赫兹 hz", "", True),
    ("度", "degrees", 1, "摄氏度 度 °c °", "过假量日数身蜜娘", False),
    ("%", "percent", 1, "% 个百分点 个点", "击餐赞评位到子", True),
    ("‰", "percent", 0.1, "‰", "", True),
    ("成", "percent", 10, "成", "员本品年长立都绩人功为熟交套衣型像份分色果语", False),
    ("成新", "condition", 10, "成新", "", True),
    ("新", "condition", 1, "新", "款品年疆鲜手客人老增西版会", False),
    ("折", "discount", 10, "折", "叠伞页屏床垫梯旧算磨腾扇线纸痕射断", False),
    ("码", "size", 1, "码", "头农率数洗分字表", False),
)

# Measure words: the group's name, its spellings, and the characters that may not follow.
_COUNTS: tuple[tuple[str, str, str], ...] = (
    ("个", "个", "劲样头性放别体例案股税屁钟月半"),
    ("件", "件", "套事衫数"),
    ("包", "包", "邮装退换裹含括修赔年月运安容涵送税您你不过管揽扎子食间围皮庇夜场车厢教会租里"),
    ("盒", "盒", "子饭马"),
    ("瓶", "瓶", "盖颈口子"),
    ("次", "次", "日元品数序卡级方之于生氯性"),
    ("次", "回 遍 趟", "事复来去家头收执访答馈购应国寄单忆程厂邮款车京电信您布"),
    ("台", "台", "灯面阶词账湾式布球历风州北上下"),
    ("支", "支 枝", "付持撑援招出取教架"),
    ("张", "张", "家贴开罗店嘴"),
    ("条", "条", "件款例码纹形理约龙"),
    ("双", "双", "十倍面向方击休卡开门层眼"),
    ("片", "片", "面刻区段头尾酬"),
    ("袋", "袋", "鼠子"),
    ("罐", "罐", "头子"),
    ("桶", "桶", "子"),
    ("箱", "箱", "子包体柜"),
    ("只", "只", "有能要会支可限换收发卖做送退剩管怕想用在松需是得好花"),
    ("本", "本 册", "子页店来款产公月科地质能金命土领子期身正"),
    ("套", "套", "餐路件现头圈牢利近话间"),
    ("枚", "枚", ""),
    ("粒", "粒 颗", "子星"),
    ("人", "个人 人 位 名", "民工为家员群物生体类气均造性品力参道心像脸才数份置于移字称额牌下单义贵师声校间"),
    ("间", "间", "隔接距断歇或"),
    ("杯", "杯", "子盖垫具托架测身口"),
    ("份", "份", "额儿子"),
    ("节", "节", "日目约能省气后前点奏水假庆拍制育食俭"),
    ("期", "期", "间限待望刊货初末许"),
    ("辆", "辆", ""),
    ("串", "串", "门联线货码色通味珠"),
    ("卷", "卷", "发尺帘曲边积入闸心烟饼子"),
    ("抽", "抽", "奖屉取出空查检风油样中到烟象搐筋"),
    ("组", "组", "合成织建队长"),
    ("朵", "朵", ""),
    ("束", "束", "缚手腰"),
    ("笔", "笔", "记芯试尖筒直盒袋画帽"),
    ("晚", "晚", "上点餐饭会安间到些霜礼装"),
)


def _table() -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for name, dimension, size, spellings, not_before, one in _ROWS:
        low, high = size if isinstance(size, tuple) else (size, size)
        for spelling in spellings.split():
            units[spelling] = Unit(name, dimension, low, high, not_before, one)
    for name, spellings, not_before in _COUNTS:
        for spelling in spellings.split():
            units[spelling] = Unit(name, f"count:{name}", 1, 1, not_before)
    return units


_UNITS = _table()
# The units that some numerals have without spelling them so: 满299, 百分之三十, 半价, 俩月, 3分30秒, 128G, 100M宽带,
# 九成五新.
YUAN, PERCENT, PERMILLE, MONTH = _UNITS["元"], _UNITS["%"], _UNITS["‰"], _UNITS["个月"]
MINUTE = _UNITS["分钟"]
GIGABYTE, MEGABYTE = _UNITS["gb"], _UNITS["mb"]
ENERGY, TENTHS_NEW = _UNITS["度电"], _UNITS["成新"]
HALF_PRICE = Unit("半价", "discount", 100, 100)
_SPELLINGS = re.compile("|".join(re.escape(spelling) for spelling in sorted(_UNITS, key=len, reverse=True)))


def unit_at(text: str, index: int) -> tuple[Unit, int] | None:
    """The unit spelt at ``index`` of folded ``text`` and where it ends; None where there is none, or another word."""
    match = _SPELLINGS.match(text, index)
    if not match:
        return None
    unit, end = _UNITS[match[0]], match.end()
    following = text[end : end + 1]
    if following and (following in unit.not_before or (_is_latin(match[0][-1]) and _is_latin(following))):
        return None
    return unit, end


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
