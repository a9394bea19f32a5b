from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csnlp.rules.unmasking import side_by_side, unmask

PAIRS = side_by_side(["加(?:我|您)?微信|[密蜜]码|私底?下|qq"])


def test_the_pairs_of_a_pattern_are_what_it_has_side_by_side() -> None:
    assert side_by_side(["私底?下|[密蜜]码"]) == {"私底", "底下", "私下", "密码", "蜜码"}
    assert side_by_side([r"a[^b]c\d好", "(?P<at>甲)乙", "甲{2}"]) == set()


@pytest.mark.parametrize(
    ("masked", "bare"),
    [
        ("微.信", "微信"),
        ("您把密*码给我", "您把密码给我"),
        ("私❤️下", "私下"),
        ("加我 微.信 聊", "加我微信聊"),  # the spaces beside it are part of the mask
        ("人-家-好", "人家好"),  # three on their own
        ("q/q号", "qq号"),
        ("微，信", None),
        ("微****信", None),
        ("微 信", None),
        ("人-家", None),
        ("支付宝/微信", None),
        ("abq/qcd", None),
        ("好的-亲", None),
        ("", None),
    ],
)
def test_only_what_must_be_a_mask_is_taken_out(masked: str, bare: str | None) -> None:
    found = unmask(masked, PAIRS)
    assert (found.text if found else None) == bare


@settings(deadline=None)
@given(st.text("加我微信密码私下q*-._/❤ ，。a1", max_size=60))
def test_places_lead_back(text: str) -> None:
    found = unmask(text, PAIRS)
    if found:
        assert "".join(text[place] for place in found.places) == found.text
        for start in range(len(found.text)):
            span = found.masked_span(start, start + 1)
            assert found.span(*span) == (start, start + 1)
