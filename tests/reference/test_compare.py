"""How quantities are compared."""

from __future__ import annotations

import pytest

from csnlp.reference.compare import agrees
from csnlp.text.quantities import quantities


@pytest.mark.parametrize(
    ("stated", "expected", "verdict"),
    [
        ("三天", "72小时", True),
        ("一周", "7天", True),
        ("30天", "一个月", True),
        ("半年", "6个月", True),
        ("五天", "7天", False),
        ("两天之内", "48小时内", True),
        ("24小时内", "48小时内", False),
        ("72小时内", "48小时内", False),
        ("4天", "3-5天", True),
        ("6天", "3-5天", False),
        ("3-4天", "3-5天", True),
        ("5-7天", "3-5天", False),
        ("3-5天", "4天", None),
        ("20天", "1个月内", True),
        ("40天", "1个月内", False),
        ("5天左右", "6天", True),
        ("5天左右", "8天", False),
        ("大概5.3斤", "4斤", False),
        ("大概5斤", "4斤", True),
        ("大概3斤", "4斤", True),
        ("大概2.9斤", "4斤", False),
        ("大概16元", "12元", False),
        ("16元", "大约12元", False),
        ("15元", "大约12元", True),
        ("大概32个月", "24个月", False),
        ("大概22个月", "2年", True),
        ("大概70度", "90度", False),
        ("大概88度", "90度", True),
        ("大概下午3点", "18:00", False),
        ("11个月", "12个月", False),
        ("25个月", "2年", False),
        ("13个月", "1年内", False),
        ("一年半", "18个月", True),
        ("3个月到1年", "3-12个月", True),
        ("365天", "12个月", True),
        ("124斤", "62公斤", True),
        ("62斤", "62公斤", False),
        ("半个月", "15天内", True),
        ("3个工作日", "3天", True),
        ("3-5天", "3个工作日", True),
        ("30天", "3个工作日", False),
        ("下午6点", "18:00", True),
        ("6点前", "18:00前", True),
        ("下午5点", "18:00", False),
        ("晚上12点", "0点开抢", True),
        ("今晚24点", "00:00", True),
        ("凌晨12点", "12:00", False),
        ("22:00到02:00", "22:00开始", True),
        ("凌晨1点", "22:00-02:00", True),
        ("下午3点", "22:00-02:00", False),
        ("零点后", "24点后", True),
        ("3月5日", "2026年3月5日", True),
        ("3月6日", "2026年3月5日", False),
        ("超过3片", "3片以内", None),
        ("零下18度", "-18℃", True),
        ("18度", "-18℃", False),
        ("-20℃", "-18~-24℃", True),
        ("-19度", "-18度", False),
        ("-18~-24℃", "-20℃", None),
        ("泡210秒", "泡3分30秒", True),
        ("5、6天", "5天", None),
        ("八折", "85折", False),
        ("1TB", "1000GB", True),
        ("3件", "3包", None),
        ("3元", "3斤", None),
    ],
)
def test_a_statement_has_to_keep_to_the_number(stated: str, expected: str, verdict: bool | None) -> None:
    (said,), (due,) = quantities(stated), quantities(expected)
    assert agrees(said, due) is verdict
