from __future__ import annotations

import math
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csnlp.errors import InputError
from csnlp.io.roles import likely_role, role_of, speaker_role
from csnlp.io.times import parse_time


@pytest.mark.parametrize(
    "name", ["customer", "User", " BUYER ", "客户", "顾客", "买家", "用户", "客", "访客", "消费者", "亲"]
)
def test_names_of_customers(name):
    assert role_of(name, "role") == "customer"


@pytest.mark.parametrize(
    "name",
    [
        "agent",
        "Assistant",
        "seller",
        "service",
        "staff",
        "客服",
        "卖家",
        "商家",
        "店家",
        "服",
        "坐席",
        "店小二",
        "机器人",
    ],
)
def test_names_of_agents(name):
    assert role_of(name, "role") == "agent"


@pytest.mark.parametrize("name", [None, "", "system", "系统", 3, ["agent"], {"a": 1}])
def test_other_names_are_refused(name):
    with pytest.raises(InputError, match=r"role: .*customer.*客服"):
        role_of(name, "role")


def test_speakers_with_numbers_and_names():
    agents = ["客服01", "客服 2", "客服A", "客服-小美", "客服(小美)", "客服（小美）", "某某旗舰店", "店铺:小美"]
    assert {speaker_role(name) for name in agents} == {"agent"}
    assert {speaker_role(name) for name in ["客户1", "用户_88", "买家(张)"]} == {"customer"}
    assert {speaker_role(name) for name in ["客服电话", "客户地址", "张三", "客服小美"]} == {None}
    assert (likely_role("客服小美"), likely_role("buyer_77"), likely_role("张三")) == ("agent", "customer", None)
    assert likely_role("shopper") is None


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2024-05-01T10:00:00", datetime(2024, 5, 1, 10)),
        ("2024-05-01 10:00", datetime(2024, 5, 1, 10)),
        ("2024-05-01", datetime(2024, 5, 1)),
        ("2024/5/1 9:05:03", datetime(2024, 5, 1, 9, 5, 3)),
        ("2024年5月1日 9:05", datetime(2024, 5, 1, 9, 5)),
        ("2024-05-01T10:00:00.5", datetime(2024, 5, 1, 10, 0, 0, 500_000)),
        ("2024-05-01T10:00:00.123456789Z", datetime(2024, 5, 1, 10, 0, 0, 123_456, timezone.utc)),
        ("2024-05-01T10:00:00-0330", datetime(2024, 5, 1, 10, tzinfo=timezone(-timedelta(hours=3, minutes=30)))),
        (1714528800, datetime(2024, 5, 1, 2, tzinfo=timezone.utc)),
        (1714528800.5, datetime(2024, 5, 1, 2, 0, 0, 500_000, timezone.utc)),
        (1714528800123, datetime(2024, 5, 1, 2, 0, 0, 123_000, timezone.utc)),
        (" 1714528800 ", datetime(2024, 5, 1, 2, tzinfo=timezone.utc)),
        ("1714528800123", datetime(2024, 5, 1, 2, 0, 0, 123_000, timezone.utc)),
        ("1714528800.0", datetime(2024, 5, 1, 2, tzinfo=timezone.utc)),
        (date(2024, 5, 1), datetime(2024, 5, 1)),
        (" ", None),
        (None, None),
        (datetime(2024, 5, 1), datetime(2024, 5, 1)),
    ],
)
def test_times(text, time):
    assert parse_time(text) == time


@pytest.mark.parametrize(
    "value",
    [
        *("x", "10:00", "2024-02-30", "2024-05-01T25:00:00", "٢٠٢٤-05-01", "20240501", "171452880012", "0000000001"),
        *(5, -1, True, 10**400, math.nan, math.inf, []),
    ],
)
def test_what_is_no_time(value):
    assert parse_time(value) is None


@given(st.datetimes(timezones=st.none() | st.just(timezone.utc) | st.just(timezone(timedelta(hours=8)))))
def test_iso_8601_comes_back(time):
    if time.year >= 1000:
        assert parse_time(time.isoformat()) == time


@given(st.text())
def test_no_text_breaks_it(text):
    assert parse_time(text) is None or text.strip()
    speaker_role(text)
    likely_role(text)
