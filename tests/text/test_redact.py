import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csnlp.text.redact import redact

MASKED = [
    ("请打13800000000找我", "请打[手机号]找我"),
    ("打１３８００００００００", "打[手机号]"),
    ("138 0000 0000", "[手机号]"),
    ("138-0000-0000，谢谢", "[手机号]，谢谢"),
    ("1 3 8 0 0 0 0 0 0 0 0", "[手机号]"),
    ("+86 13800000000", "[手机号]"),
    ("张三/13800000000/杭州", "张三/[手机号]/杭州"),
    ("座机０５７１—８８８８００００", "座机[电话]"),
    ("(010) 8888 0000转801", "[电话]"),
    ("身份证330106199001011234", "身份证[身份证]"),
    ("33010619900101123x，查一下", "[身份证]，查一下"),
    ("330106 19900101 1234", "[身份证]"),
    ("旧证号330106900101123", "旧证号[身份证]"),
    ("卡号4111111111111111", "卡号[银行卡]"),
    ("6222 0210 0111 5430 123", "[银行卡]"),
    ("5105-1051-0510-5100", "[银行卡]"),
    ("5105 1051 0510 5100 50元", "[银行卡] 50元"),
    ("证330106900101123 13800000000", "证[身份证] [手机号]"),
    ("138 0000 0000 330106 19900101 1234", "[手机号] [身份证]"),
    ("发邮件到zhang.san+1@mail.example.com吧", "发邮件到[邮箱]吧"),
    ("13800000000＠example．com", "[邮箱]"),
    ("改成浙江省杭州市西湖区文三路100号3单元502室可以吗", "改成[地址]可以吗"),
    ("寄到上海市浦东新区张江镇 祖冲之路1000弄5号楼302，谢谢", "寄到[地址]，谢谢"),
    ("我住阳光花园3栋2单元502室", "我住[地址]"),
    ("我家是幸福小区6-1-701", "我家是[地址]"),
    ("放在１２号楼１１０２门口", "放在[地址]门口"),
    ("店在江西路8号", "店在[地址]"),
    ("寄台北市大安區忠孝東路四段100號5樓之2，謝謝", "寄[地址]，謝謝"),
    ("寄到台北市中山北路二段42巷5弄3號", "寄到[地址]"),
    ("北京市朝陽區建國路88號3號樓", "[地址]"),
    ("寄到人民南路四段27号3栋501", "寄到[地址]"),
    ("寄到建国路南段12号附3号", "寄到[地址]"),
    ("寄到文一西路甲88号", "寄到[地址]"),
    ("寄到兴华路附3号", "寄到[地址]"),
    ("寄到科技二路第5号", "寄到[地址]"),
    ("寄到幸福村3组12号", "寄到[地址]"),
    ("寄到阳光花园3座2室", "寄到[地址]"),
    ("寄到阳光里3#楼502", "寄到[地址]"),
    ("寄到丽水路88号", "寄到[地址]"),
    ("寄到长宁区安顺路3号", "寄到[地址]"),
    ("\u200b138\u200b0000\u200b0000\u200b", "\u200b[手机号]\u200b"),
    ("138·0000•0000", "[手机号]"),
    ("138  0000 0000", "[手机号]"),
    ("138 - 0000- 0000", "[手机号]"),
    ("(138)0000-0000", "[手机号]"),
    ("电话13 800 000 000", "电话[手机号]"),
    ("我的号幺三八零零零零零零零零", "我的号[手机号]"),
    ("+86-755-82345678", "[电话]"),
    ("(+86) 10 8234 5678", "[电话]"),
]

KEPT = [
    "订单号2345678901234567890，运单SF1380000000000",
    "编号1234567890123456",
    "一共12345678901件",
    "热线400-800-0000或95588",
    "已登记138****0000",
    "发往浙江省杭州市，三天到",
    "我不知道3号能不能到",
    "小区3号停水，15路公交能到",
    "这个小区有3栋楼",
    "七座的SUV，两室一厅",
    "2026-11-23 10:30到货，100元200件",
    "链接 https://shop.example/p/13800000000.html",
    "[地址x] [数字x] [电话x]",
    "评分@客服，5.0",
    "难道5号才能发货吗",
    "仓库里3#色没货了",
    "顺路3号给您带，走水路3号到",
    "通道3号取件",
    "3座2室沙发",
    "价格从1300000-1500",
    "尺寸1920 108 2024",
    "满150 2000-3000件",
    "地址13.107.136.254",
    "13800\n000000",
    "热线+86 400-800-0000",
    "",
]


@pytest.mark.parametrize(("text", "masked"), MASKED)
def test_masks_personal_data(text: str, masked: str) -> None:
    assert redact(text) == masked


@pytest.mark.parametrize("text", KEPT)
def test_keeps_what_is_not_personal(text: str) -> None:
    assert redact(text) == text


def test_masks_every_kind_in_one_text() -> None:
    text = "李四 13800000000 330106199001011234 4111111111111111 a@example.com 010-88880000 西湖区文三路1号"
    assert redact(text) == "李四 [手机号] [身份证] [银行卡] [邮箱] [电话] [地址]"


PIECES = [
    *"0135689 -.,@+(){}[]aXx#，＠１０路街号栋省市区县汉我\n😀\ud800",
    *"·\u200b\u00ad⑩號樓區段村组水里座室幺一三零",
    *(text for text, _ in MASKED),
]


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=30).map("".join)))
def test_is_idempotent_on_any_text(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_keeps_what_is_outside_the_masks_as_it_was(text: str) -> None:
    kept = re.split(r"\[(?:手机号|电话|身份证|银行卡|邮箱|地址)\]", redact(text))
    assert re.fullmatch(".+".join(map(re.escape, kept)), text, re.DOTALL)


@given(st.text(alphabet=[c for c in PIECES if not re.search(r"[0-9a-zA-Z１０@＠⑩幺一三零]", c)]))
def test_leaves_text_without_digits_and_letters(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "1 ",
        "a.",
        "a@a.",
        "0571-8",
        "路1号1 ",
        "省市区县路",
        "3栋2单元",
        "阳光小区1-",
        "6222 0000 ",
        "幺三",
        "138 0000-0000 ",
        "路四段3巷",
        "村3组",
        "水路3号",
        "+86-755-",
        "1\u200b",
    ],
)
def test_time_grows_linearly(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    start = time.process_time()
    redact(text)
    # Measured: 0.1 to 0.5 s. Quadratic time would be many minutes.
    assert time.process_time() - start < 10
