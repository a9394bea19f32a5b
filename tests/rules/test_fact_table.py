"""How a shop's facts are read: forms of the table, what may stand beside a quantity, mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import csnlp
from csnlp.rules.facts import load_facts, table_of
from csnlp.text.quantities import Quantity

FACT = "facts:\n  - key: 发货时间\n    names: [多久发货, 发货]\n    value: 48小时内\n"


def test_the_table_is_the_same_from_yaml_json_and_pairs(tmp_path: Path) -> None:
    yaml, as_json = tmp_path / "facts.yaml", tmp_path / "facts.json"
    yaml.write_text(FACT, encoding="utf-8")
    rows = {"facts": [{"key": "发货时间", "names": ["多久发货", "发货"], "value": "48小时内"}]}
    as_json.write_text(json.dumps(rows), encoding="utf-8")
    assert load_facts(yaml) == load_facts(as_json)
    assert table_of({"发货时间": "48小时内"}).facts[0].value == load_facts(yaml).facts[0].value
    assert [fact.value for fact in table_of({"包邮": "yes", "材质": "纯棉", "运费": "免费"}).facts[:2]] == [
        True,
        ("纯棉",),
    ]


@pytest.mark.parametrize(
    "value",
    [
        "48小时内",
        "3-5天",
        "约7天",
        "约为7天",
        "大约7天左右",
        "7天（含）",
        "不超过3天",
        "满299元起",
        "5元/件",
        "每件5元",
        "5元/公斤",
        "￥19.9/月",
        "下午4点前",
        "每天16点前。",
        "免费",
        "8折",
        "1.5kg",
        "仅3斤",
    ],
)
def test_a_quantity_may_have_beside_it_what_changes_nothing(value: str, tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text(FACT.replace("48小时内", value), encoding="utf-8")
    assert isinstance(load_facts(path).facts[0].value, Quantity)


@pytest.mark.parametrize(
    "value", ["现货当天发，预售7天", "不支持7天无理由退货", "不是7天", "满99元包邮", "100%棉", "3天VIP"]
)
def test_words_beside_a_quantity_are_not_dropped(value: str, tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text(FACT.replace("48小时内", value), encoding="utf-8")
    with pytest.raises(csnlp.ConfigError, match=r"expected one quantity .* words go in text"):
        load_facts(path)
    assert isinstance(table_of({"发货": value}).facts[0].value, tuple)  # one accepted text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("facts: []", "the list is empty; give at least one fact"),
        ("fact: []", "the key 'facts' is missing"),
        (
            FACT.replace("48小时内", "很快"),
            r"fact 1 \(发货时间\): value: expected one quantity such as 48小时内 or 3斤",
        ),
        (FACT.replace("48小时内", "3斤5天"), "expected one quantity"),
        (FACT.replace("    value", "    text: 中通\n    value"), "give either value .* or text"),
        (FACT.replace("    value: 48小时内\n", ""), "give either value .* or text"),
        (FACT + "    wrong: 顺丰\n", "belongs to text, not to value"),
        (FACT + "    price: 3\n", "unknown key; allowed: key, names, product, wrong, value, text"),
        (FACT.replace("发货]", "发]"), "'发' is too short to tell; use at least 2 characters"),
        (FACT + FACT.removeprefix("facts:\n"), "the key '发货时间' stands here twice for the same products"),
        ("facts: [", "no proper YAML"),
    ],
)
def test_a_wrong_table_says_where_and_what_is_allowed(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(csnlp.ConfigError, match=f"facts.yaml.*{message}"):
        load_facts(path)
