from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csnlp.reference.check import check_reference
from csnlp.text.quantities import Quantity, quantities

HOUR, DAY = 1.0, 24.0
MONTH = (28 * DAY, 31 * DAY)


def read(text: str) -> list[tuple[str, str, float, float]]:
    """Words, dimension, low and high of each quantity of ``text``."""
    return [(text[q.start : q.end], q.dimension, round(q.low, 6), round(q.high, 6)) for q in quantities(text)]


def only(text: str) -> Quantity:
    (found,) = quantities(text)
    return found


@pytest.mark.parametrize(
    ("text", "dimension", "low", "high"),
    [
        # numerals
        ("1.2万元", "money", 12_000, 12_000),
        ("1万5元", "money", 15_000, 15_000),
        ("1,200元", "money", 1_200, 1_200),
        ("两百五块", "money", 250, 250),
        ("一千零五十元", "money", 1_050, 1_050),
        ("贰佰伍拾圆", "money", 250, 250),
        ("三点五公斤", "mass", 3_500, 3_500),
        ("二十来天", "duration", 20 * DAY, 20 * DAY),
        ("十几天", "duration", 11 * DAY, 19 * DAY),
        ("20多块", "money", 20, 30),
        # halves, decimals and smaller units behind the unit
        ("半天", "duration", 12, 12),
        ("半个小时", "duration", 0.5, 0.5),
        ("一个半月", "duration", 1.5 * MONTH[0], 1.5 * MONTH[1]),
        ("一个多小时", "duration", 1, 2),
        ("一年半", "duration", 1.5 * 365 * DAY, 1.5 * 366 * DAY),
        ("两斤半", "mass", 1_250, 1_250),
        ("一斤二两", "mass", 600, 600),
        ("三块五", "money", 3.5, 3.5),
        ("9块9包邮", "money", 9.9, 9.9),
        ("3块5毛", "money", 3.5, 3.5),
        ("一米八", "length", 1.8, 1.8),
        ("2尺1", "length", 0.7, 0.7),
        ("二尺一", "length", 0.7, 0.7),
        ("2尺3的腰", "length", 2.3 / 3, 2.3 / 3),
        ("二尺一寸五", "length", 2 / 3 + 1.5 / 30, 2 / 3 + 1.5 / 30),
        ("两块二毛五", "money", 2.25, 2.25),
        ("一斤二两半", "mass", 625, 625),
        ("1米75", "length", 1.75, 1.75),
        ("2小时30分", "duration", 2.5, 2.5),
        ("3分30秒", "duration", 210 / 3600, 210 / 3600),
        ("一小时三分二十秒", "duration", 3800 / 3600, 3800 / 3600),
        # units
        ("￥199", "money", 199, 199),
        ("20rmb", "money", 20, 20),
        ("5分钱", "money", 0.05, 0.05),
        ("一周", "duration", 7 * DAY, 7 * DAY),
        ("三个礼拜", "duration", 21 * DAY, 21 * DAY),
        ("俩月", "duration", 2 * MONTH[0], 2 * MONTH[1]),
        ("两年", "duration", 2 * 365 * DAY, 2 * 366 * DAY),
        ("10年", "duration", 10 * 365 * DAY, 10 * 366 * DAY),
        ("10年6个月", "duration", 10.5 * 365 * DAY, 3842.5 * DAY),
        ("3个工作日", "workdays", 3 * DAY, 3 * DAY),
        ("三岁", "age", 3, 3),
        ("百分之三十", "percent", 30, 30),
        ("百分之三点五", "percent", 3.5, 3.5),
        ("三成", "percent", 30, 30),
        ("七成五", "percent", 75, 75),
        ("8成5", "percent", 85, 85),
        ("八成半", "percent", 85, 85),
        ("三成多", "percent", 30, 40),
        ("千分之五", "percent", 0.5, 0.5),
        ("八折", "discount", 80, 80),
        ("85折", "discount", 85, 85),
        ("八五折", "discount", 85, 85),
        ("半价", "discount", 50, 50),
        ("九成新", "condition", 90, 90),
        ("95新", "condition", 95, 95),
        ("九成五新", "condition", 95, 95),
        ("八成半新", "condition", 85, 85),
        ("二两", "mass", 100, 100),
        ("62公斤", "mass", 62_000, 62_000),
        ("124斤", "mass", 62_000, 62_000),
        ("六寸", "length", 0.1524, 0.1524),
        ("60cm", "length", 0.6, 0.6),
        ("1.5L", "volume", 1.5, 1.5),
        ("1500毫升", "volume", 1.5, 1.5),
        ("32平米", "area", 32, 32),
        ("1.8千瓦", "power", 1_800, 1_800),
        ("65W", "power", 65, 65),
        ("一匹半", "horsepower", 1.5, 1.5),
        ("5000mAh", "charge", 5_000, 5_000),
        ("30个G", "capacity", 30, 30),
        ("512M内存", "capacity", 0.5, 0.5),
        ("零下18度", "degrees", -18, -18),
        ("40℃", "degrees", 40, 40),
        ("冷冻温度-18℃", "degrees", -18, -18),
        ("负18度", "degrees", -18, -18),
        ("－18℃", "degrees", -18, -18),
        ("−18度以下", "degrees", -inf, -18),
        ("正负2度", "degrees", 2, 2),
        ("耗电0.6度", "energy", 0.6, 0.6),
        ("两回", "count:次", 2, 2),
        ("5位", "count:人", 5, 5),
        ("38码", "size", 38, 38),
        ("四十二码半", "size", 42.5, 42.5),
        ("42码半", "size", 42.5, 42.5),
        ("六瓶半", "count:瓶", 6.5, 6.5),
        # ranges
        ("3-5天", "duration", 3 * DAY, 5 * DAY),
        ("三到五天", "duration", 3 * DAY, 5 * DAY),
        ("1天至3天", "duration", DAY, 3 * DAY),
        ("两三天", "duration", 2 * DAY, 3 * DAY),
        ("三四十块", "money", 30, 40),
        ("2～6度", "degrees", 2, 6),
        ("2尺1到2尺3", "length", 0.7, 2.3 / 3),
        ("2、3天", "duration", 2 * DAY, 3 * DAY),
        ("五、六天", "duration", 5 * DAY, 6 * DAY),
        ("1、3天", "duration", 3 * DAY, 3 * DAY),
        ("-18~-24℃", "degrees", -24, -18),
        ("零下18度到零下24度", "degrees", -24, -18),
        ("零下18到24度", "degrees", -24, -18),
        ("-20℃～+60℃", "degrees", -20, 60),
        ("5度-18度", "degrees", 5, 18),
        # limits
        ("48小时内", "duration", 0, 48),
        ("三天之内", "duration", 0, 3 * DAY),
        ("不超过3天", "duration", 0, 3 * DAY),
        ("别加过1.2升", "volume", 0, 1.2),
        ("30度以下", "degrees", -inf, 30),
        ("至少3件", "count:件", 3, inf),
        ("3天以上", "duration", 3 * DAY, inf),
        ("满299减", "money", 299, inf),
        # clock times and dates
        ("下午6点", "clock", 18, 18),
        ("18:00", "clock", 18, 18),
        ("晚上十点半", "clock", 22.5, 22.5),
        ("凌晨两点", "clock", 2, 2),
        ("中午12点", "clock", 12, 12),
        ("凌晨12点半", "clock", 0.5, 0.5),
        ("半夜5点", "clock", 5, 5),
        ("夜里11点", "clock", 23, 23),
        ("晚上5点", "clock", 17, 17),
        ("22:00-02:00", "clock", 22, 26),
        ("早上9点到凌晨2点", "clock", 9, 26),
        ("0点前", "clock", 0, 24),
        ("24点后", "clock", 0, inf),
        ("下午两点到五点", "clock", 14, 17),
        ("早上9点到6点", "clock", 9, 18),
        ("9:00-18:00", "clock", 9, 18),
        ("16点前", "clock", 0, 16),
        ("14:00后", "clock", 14, inf),
        ("3月5号", "date", 305, 305),
        ("三月五日", "date", 305, 305),
        ("2024-03-05", "date", 20_240_305, 20_240_305),
        ("2024年3月5日", "date", 20_240_305, 20_240_305),
        ("3月5-8日", "date", 305, 308),
        ("11月11日起至11月13日", "date", 1111, 1113),
        ("6月16日20点至6月18日24点", "date", 616, 618),
        ("6月16日晚上8点~18日", "date", 616, 618),
        ("2026-06-16 20:00 至 2026-06-18 23:59:59", "date", 20_260_616, 20_260_618),
        ("23:59", "clock", 24, 24),
        ("23:59:59前", "clock", 0, 24),
    ],
)
def test_amounts_are_read_in_the_base_unit(text: str, dimension: str, low: float, high: float) -> None:
    found = only(text)
    assert (found.dimension, found.low, found.high) == (dimension, pytest.approx(low, rel=1e-5), pytest.approx(high))


@pytest.mark.parametrize(
    "text",
    [
        "一下 一样 一般 一直 一定 第一 万一 统一 唯一 三星 百度 千万别 两边 十分抱歉 百货",
        "第二件 第3天 周三 星期一 每周一 初三 双11 双十二大促",
        "这两天 那三个 哪一天 另一件 同一款 头一回 一块儿 一半 大半天 等了半天",
        "订单1234567890123 电话13812345678 尾号0042 v1.2.3 iphone15 a15个",
        "五号 3月份 2024年 98年的房子 23年款 四周都是 24年5月 24年12月底 24年买的 23年出厂 25年生产",
        "三只松鼠 99本店送礼 三天气候 四件套 包装 5G网络 4g信号 M码 L码 16:9 三折叠",
        "有一点贵 这3点 以下两点 几天 几十块钱 多少钱 半信半疑",
        "",
    ],
)
def test_numerals_inside_words_and_names_are_no_amounts(text: str) -> None:
    found = [text[q.start : q.end] for q in quantities(text)]
    assert found == []


def test_spans_and_limits_keep_the_words_that_belong_to_them() -> None:
    text = "亲，付款后　４８小時內發貨，大概３到５天到，不超过7天哦"
    assert [text[q.start : q.end] for q in quantities(text)] == ["４８小時內", "大概３到５天", "不超过7天"]


def test_neighbours_stay_apart() -> None:
    assert read("流量30元1天，20块1单，一罐100g") == [
        ("30元", "money", 30, 30),
        ("1天", "duration", 24, 24),
        ("20块", "money", 20, 20),
        ("一罐", "count:罐", 1, 1),
        ("100g", "mass", 100, 100),
    ]
    assert read("整机6年内胆8年")[0][:2] == ("6年", "duration")
    assert read("六瓶半升装的") == [("六瓶", "count:瓶", 6, 6), ("半升", "volume", 0.5, 0.5)]
    assert read("首付三成18万") == [("三成", "percent", 30, 30)]
    assert [words for words, *_ in read("2尺1条，6月16日20点至22点")] == ["2尺", "1条", "6月16日", "20点至22点"]


def test_a_range_backwards_is_no_amount() -> None:
    assert quantities("编号5-3天") == ()


def test_rough_figures_are_marked() -> None:
    assert [q.approximate for q in quantities("3天左右，大概3天，十几天，3天，预约5次")] == [
        True,
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("text", "dimension"),
    [("16g内存", "capacity"), ("256g", "capacity"), ("8G", "capacity"), ("100g", "mass"), ("２５６Ｇ", "capacity")],
)
def test_a_lone_g_is_bytes_or_grams_by_what_stands_around_it(text: str, dimension: str) -> None:
    assert only(text).dimension == dimension


def test_half_of_the_day_is_told_apart_from_a_known_time() -> None:
    assert [q.unit for q in quantities("6点前下单，18点前下单，早上6点前下单")] == ["点", "时", "时"]


@pytest.mark.parametrize(
    ("reply", "reference"),
    [
        ("尾款支付时间6月16日20点至6月18日24点", "尾款支付时间6月16日20点至6月18日24点"),
        ("尾款6月18日24点前付就行", "尾款支付时间6月16日20点至6月18日24点"),
        ("活动到11月11日半夜十二点", "活动至11月11日23:59"),
        ("活动11月11日23:59结束", "活动到11月11日半夜十二点"),
    ],
)
def test_one_moment_in_other_words_is_no_contradiction(reply: str, reference: str) -> None:
    assert check_reference(reply, reference, "尾款什么时候付，活动到什么时候？").contradictions == ()


# ---- properties

texts = st.text() | st.text(
    st.sampled_from("亲3５一两半十百万点个几多块毛天月年小时内分钟秒不超过满-~到.:,，、￥%斤gGM第周度零下负 ")
)
_DIGITS = "零一二三四五六七八九"


def chinese(number: int) -> str:
    """``number`` (1 to 9999) in characters."""
    out, zero = "", False
    for power, scale in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            out += ("零" if zero and out else "") + _DIGITS[digit] + scale
        zero = zero or not digit if out else False
        zero = False if digit else zero
    return out


@given(texts)
def test_spans_are_valid_ordered_and_apart(text: str) -> None:
    end = 0
    for found in quantities(text):
        assert end <= found.start < found.end <= len(text)
        assert found.low <= found.high
        end = found.end


@given(texts)
def test_full_width_spelling_changes_nothing(text: str) -> None:
    wide = "".join("\u3000" if c == " " else chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    assert quantities(wide) == quantities(text)


@given(
    st.integers(1, 9999), st.sampled_from(["元", "天", "个小时", "斤", "公里", "升", "瓦", "件", "个月", "个工作日"])
)
def test_numerals_in_characters_are_the_same(number: int, unit: str) -> None:
    digits, characters = only(f"共{number}{unit}"), only(f"共{chinese(number)}{unit}")
    assert (digits.dimension, digits.low, digits.high) == (characters.dimension, characters.low, characters.high)


@given(
    st.integers(2, 99), st.sampled_from([("天", "小时", 24), ("公斤", "斤", 2), ("斤", "克", 500), ("米", "厘米", 100)])
)
def test_the_same_amount_in_another_unit_is_equal(number: int, units: tuple[str, str, int]) -> None:
    large, small, factor = units
    assert only(f"{number}{large}").low == pytest.approx(only(f"{number * factor}{small}").low)


@given(st.text(st.sampled_from("0123456789"), min_size=9, max_size=24))
def test_long_digit_strings_are_no_amounts(digits: str) -> None:
    assert quantities(f"单号{digits}天") == ()
