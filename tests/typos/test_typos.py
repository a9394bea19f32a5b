from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csnlp.typos import Typo, find_typos

ROWS = [
    json.loads(line) for line in Path(__file__).with_name("sentences.jsonl").read_text(encoding="utf-8").splitlines()
]
SLIPS = [row for row in ROWS if "kind" in row]
CLEAN = [row["text"] for row in ROWS if "kind" not in row]

# Text in which the finder has something to do.
chat = st.text(st.sampled_from("您的包果以经发出在次请闻等侍的的因为但是，。 [数字x]#E-s0aＡ傳😀\u200b\n")) | st.text()


def found(text: str) -> list[tuple[str, str, str]]:
    return [(typo.kind, typo.found, typo.suggestion) for typo in find_typos(text)]


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("亲，您的订单以经发出了", [("character", "以经", "已经")]),
        ("这边再帮您看看，请您耐心等侍一下", [("character", "等侍", "等待")]),
        ("在次感谢您的支持，欢迎下次光临", [("character", "在次", "再次")]),
        ("快递员在派送的的时候会给您打电话", [("doubled", "的的", "的")]),
        ("给您带不便了，非常抱歉", [("missing", "带不便", "带来不便")]),
        ("这个情况我们很理解，但是", [("muddled", "但是", "")]),
        ("好的，这就给您安排", []),
        ("", []),
    ],
)
def test_slips_are_found_with_what_was_meant(text: str, findings: list[tuple[str, str, str]]) -> None:
    assert found(text) == findings


@pytest.mark.parametrize(
    ("text", "wrong", "right"),
    [
        ("您的洗衣机已经发货，预计明天送答", "答", "达"),
        ("请您提供一下订单编好，我这边查询", "好", "号"),
        ("师傅会在两个工作日之内与您连系上门时间", "连系", "联系"),
    ],
)
def test_a_wrong_character_is_found_by_its_neighbours(text: str, wrong: str, right: str) -> None:
    assert [(typo.found, typo.suggestion) for typo in find_typos(text)] == [(wrong, right)]


@pytest.mark.parametrize(
    "text",
    [
        "木有问题哒，么么哒",
        "小伙伴们肿么了，在不在呀，造吗",
        "谢谢谢谢，慢慢来，看看好不好",
        "可以以旧换新，目的的地址在杭州",
        "收货的时候请当面验货",
        "您现在次卧的空调能开机吗",
        "自己经常清洗滤网就可以",
        "好的，[数字x]号之前给您发，#E-s[数字x]",
    ],
)
def test_style_and_correct_words_that_hold_a_wrong_form_stay_silent(text: str) -> None:
    assert find_typos(text) == ()


def test_spans_count_the_characters_of_the_original() -> None:
    text = "亲~\u200b　您的訂單以經發出了"
    (typo,) = find_typos(text)
    assert (text[typo.start : typo.end], typo.found, typo.suggestion) == ("以經", "以經", "已经")


def test_nearly_all_findings_in_our_sentences_are_slips_and_most_slips_are_found() -> None:
    findings = [(row, typo) for row in ROWS for typo in find_typos(row["text"])]
    right = [
        row["text"] for row, typo in findings if "kind" in row and typo.start < row["end"] and row["start"] < typo.end
    ]
    assert len(right) >= 0.95 * len(findings)
    assert len(set(right)) >= 0.5 * len(SLIPS)


@settings(deadline=None)  # the first call loads the statistics
@given(chat)
def test_any_text_gives_ordered_spans_of_itself(text: str) -> None:
    end = 0
    for typo in find_typos(text):
        assert end <= typo.start < typo.end <= len(text)
        assert typo.found == text[typo.start : typo.end] != typo.suggestion
        assert 0 < typo.confidence <= 1
        end = typo.end


@settings(deadline=None)  # the first call loads the statistics
@given(st.sampled_from(CLEAN), st.sampled_from(SLIPS))
def test_a_clean_sentence_before_it_does_not_hide_a_slip(clean: str, row: dict[str, str]) -> None:
    shift = len(clean) + 1
    behind = [typo for typo in find_typos(f"{clean}。{row['text']}") if typo.start >= shift]
    moved = [
        Typo(typo.start + shift, typo.end + shift, typo.kind, typo.found, typo.suggestion, typo.confidence)
        for typo in find_typos(row["text"])
    ]
    assert behind == moved


def test_importing_loads_no_statistics() -> None:
    code = "import csnlp.typos, sys; assert 'safetensors' not in sys.modules and 'jieba' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
