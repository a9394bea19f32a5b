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


@pytest.mark.parametrize("text", ["我們會儘快回覆您", "今天給您答覆", "反覆確認過了", "正在瞭解情況，稍後回覆您"])
def test_what_is_right_in_traditional_writing_is_no_slip(text: str) -> None:
    assert find_typos(text) == ()


@pytest.mark.parametrize("text", ["恢覆正常使用", "恢覆正常使用，請稍後", "已經恢覆正常，稍後回覆您"])
def test_a_slip_is_found_in_traditional_writing_too(text: str) -> None:
    assert found(text) == [("character", "覆", "复")]


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


@pytest.mark.parametrize(
    "text",
    [
        "剩余快递费由我们承担",
        "这个问题交给我来处理",
        "新增送货上门服务，新增品类有三种",
        "您可以下单心仪的款式",
        "师傅上门帮组装的",
        "这样做违反现行规定",
        "重复款项会原路退回",
        "这台头盔是新款",
        "有效期直至付款之日",
        "可以帮您延长价保期",
        "请您上传身份正面照",
        "断了只能整根换新",
        "因该商品已下架，无法补发",
        "可以跟本次订单一起发",
        "我跟站长核实再让他们给您放门卫",
        "两颗螺丝对正再拧",
        "请以到账金额为准",
        "派出所已立案",  # the statistics would make 所以 of it, but the list knows better
    ],
)
def test_words_that_make_a_wrong_form_by_chance_stay_silent(text: str) -> None:
    assert find_typos(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "您在拍的时候备注一下颜色",
        "您在拍下后24小时内付款",
        "您在考虑哪款呢",
        "请您在等待期间留意短信",
        "请在等待期间保持电话畅通",
        "您在看下面这款吗",
        "我在拍一个视频给您看",
        "然后在下单页面选择颜色",
        "我们会在给您发货之后通知您",
        "门把把手是金属的",
        "毛衣和和服都有",
        "美的的空调质量很好",
        "棉被被雨淋湿了",
        "祝您网购愉快",
        "祝您生个健康的宝宝",
        "体积大携带不便",
        "这条腰带不便宜",
        "麻烦您提一下宝贵意见",
        "冬天穿着暖暖和和。",
    ],
)
def test_standard_phrases_stay_silent(text: str) -> None:
    assert find_typos(text) == ()


@pytest.mark.parametrize(
    ("text", "wrong", "right"),
    [
        ("祝您购物余快", "余快", "愉快"),
        ("麻烦您先题交退款", "题交", "提交"),
        ("发票台头写什么", "台头", "抬头"),
        ("请上传身份正", "身份正", "身份证"),
        ("实再不好意思", "实再", "实在"),
        ("请您在等一下", "您在等一下", "您再等一下"),
        ("优惠卷还没用", "优惠卷", "优惠券"),
        ("很抱，让您久等了", "很抱", "很抱歉"),
        ("这这边帮您查到了", "这这边", "这边"),  # a form with a break, at the very start
        ("我帮您看一下，请您稍", "您稍", "您稍等"),  # and at the very end
    ],
)
def test_known_slips_are_found_where_the_sentence_needs_them(text: str, wrong: str, right: str) -> None:
    assert [(typo.found, typo.suggestion) for typo in find_typos(text)] == [(wrong, right)]


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
