from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from csnlp.errors import ConfigError
from csnlp.rules.reader import MAX_BYTES, MAX_DEPTH, Entry, parse_yaml, read_yaml

Ask = Callable[[Entry], object]

MISTAKES: list[tuple[str, Ask, str]] = [
    ("a: 1", lambda e: e.text("b"), "f.yaml:1: f: the key 'b' is missing"),
    ("a: [1]", lambda e: e.text("a"), "f.yaml:1: f: a: expected text, found a list"),
    ("x: 1\na: {b: 1}", lambda e: e.text("a"), "f.yaml:2: f: a: expected text, found keys with values"),
    ("a:", lambda e: e.text("a"), "f.yaml:1: f: a: expected text, found nothing"),
    ("a: ten", lambda e: e.number("a"), "f.yaml:1: f: a: expected a number from 0 to 1e+09, found 'ten'"),
    ("a: '10'", lambda e: e.number("a"), "expected a number from 0 to 1e+09, found '10'"),
    ("a: true", lambda e: e.number("a"), "expected a number from 0 to 1e+09, found 'true'"),
    ("a: .nan", lambda e: e.number("a"), "expected a number from 0 to 1e+09, found '.nan'"),
    ("a: .inf", lambda e: e.number("a"), "expected a number from 0 to 1e+09, found '.inf'"),
    ("a: -1", lambda e: e.number("a"), "expected a number from 0 to 1e+09, found '-1'"),
    ("a: 1.5", lambda e: e.number("a", high=1), "expected a number from 0 to 1, found '1.5'"),
    ("a: [1]", lambda e: e.number("a"), "expected a number from 0 to 1e+09, found a list"),
    ("a:", lambda e: e.number("a"), "expected a number from 0 to 1e+09, found ''"),
    ('a: !!int "[["', lambda e: e.number("a"), "expected a number from 0 to 1e+09, found '[['"),
    ('a: !!int "*b"', lambda e: e.number("a"), "expected a number from 0 to 1e+09, found '*b'"),
    ("a: " + "9" * 5000, lambda e: e.number("a"), "expected a number from 0 to 1e+09, found '999"),
    ('a: !x:int "1"', lambda e: e.number("a"), "expected a number from 0 to 1e+09, found '1'"),
    ('a: !x:bool "true"', lambda e: e.flag("a"), "expected true or false, found 'true'"),
    ("a: !!int [1]", lambda e: e.number("a"), "expected a number from 0 to 1e+09, found a list"),
    ("a: 1" + ":00" * 400 + ":00.5", lambda e: e.number("a"), "expected a number from 0 to 1e+09, found '1:00"),
    ("a: 1.0e+400", lambda e: e.number("a"), "expected a number from 0 to 1e+09, found '1.0e+400'"),
    ('a: "b\\nc"', lambda e: e.one_line("a"), "f.yaml:1: f: a: 'b\\nc' has a line break or another control character"),
    ('a: "\\e[2J"', lambda e: e.one_line("a"), "f.yaml:1: f: a: '\\x1b[2J' has a line break or another control"),
    ('a: "b\\u202Ec"', lambda e: e.one_line("a"), "f.yaml:1: f: a: 'b\\u202ec' has a line break or another control"),
    ('a:\n- {id: "N\\nf.yaml:9: all is well", b: c}', lambda e: e.entries("a")[0].number("b"), "f.yaml:2: N f.yaml:9"),
    ("a: 1.5", lambda e: e.whole("a"), "f.yaml:1: f: a: expected a whole number, found 1.5"),
    ("a: 1", lambda e: e.flag("a"), "f.yaml:1: f: a: expected true or false, found '1'"),
    ("a: maybe", lambda e: e.flag("a"), "f.yaml:1: f: a: expected true or false, found 'maybe'"),
    ("a: c", lambda e: e.choice("a", ("b", "d")), "f.yaml:1: f: a: 'c' is not allowed here; allowed: b, d"),
    ("a: [b, c]", lambda e: e.choices("a", ("b", "d")), "f.yaml:1: f: a: 'c' is not allowed here; allowed: b, d"),
    ("a: []", lambda e: e.texts("a"), "f.yaml:1: f: a: the list is empty; give at least one"),
    ("a: [[b]]", lambda e: e.texts("a"), "f.yaml:1: f: a: expected a list of texts"),
    ("a: 2026-02-30", lambda e: e.day("a"), "a: expected a date such as 2026-01-31, found '2026-02-30'"),
    ("a: 31.1.2026", lambda e: e.day("a"), "a: expected a date such as 2026-01-31, found '31.1.2026'"),
    ("a: b", lambda e: e.entry("a"), "f.yaml:1: f.a: expected keys with values, found a single value"),
    ("a: {b: 1}", lambda e: e.entries("a"), "f.yaml:1: f: a: expected a list, found keys with values"),
    ("a:\n- {id: N}\n- b", lambda e: e.entries("a"), "f.yaml:3: f.a[2]: expected keys with values"),
    ("a:\n- {id: N, b: c}", lambda e: e.entries("a")[0].number("b"), "f.yaml:2: N: b: expected a number"),
    ("a: b", lambda e: e.items("a"), "f.yaml:1: f: a: expected a list, found a single value"),
    ("a: [[b]]", lambda e: e.items("a"), "f.yaml:1: f.a[1]: expected keys with values, found a list"),
    ("a: 1\nb: 2", lambda e: (e.text("a"), e.known("c"), e.done()), "f.yaml:2: f: b: unknown key; allowed: a, c"),
]


@pytest.mark.parametrize(("text", "ask", "message"), MISTAKES)
def test_a_mistake_is_told_with_file_line_key_and_what_is_allowed(text: str, ask: Ask, message: str) -> None:
    entry = parse_yaml(text, "f.yaml")
    with pytest.raises(ConfigError) as caught:
        ask(entry)
    assert message in str(caught.value) and str(caught.value).startswith("f.yaml:")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "f.yaml: is empty"),
        ("# nothing\n", "f.yaml: is empty"),
        ("- 1", "f.yaml:1: f: expected keys with values, found a list"),
        ("word", "f.yaml:1: f: expected keys with values, found a single value"),
        ("a: 1\nb: [", "f.yaml:3: no proper YAML: did not find expected node content"),
        ("a: 1\n b: 2", "f.yaml:2: no proper YAML: mapping values are not allowed"),
        ("a: 1\nb: 2\na: 3", "f.yaml:3: f: the key 'a' stands here twice"),
        ('? "a\\nb"\n: 1', "f.yaml:1: f: 'a\\nb' has a line break or another control character"),
        ("? [a]\n: 1", "f.yaml:1: f: a key must be plain text"),
        ("a: 1\n---\nb: 2", "f.yaml:2: no proper YAML: but found another document"),
        ("a: \x00", "f.yaml: no proper YAML: unacceptable character"),
        ("a: &x 1\nb: *x", "f.yaml:2: aliases (& and *) are not allowed; write it out"),
        ("a: *x", "f.yaml:1: aliases (& and *) are not allowed; write it out"),
        ("a: &x {b: 1}\nc:\n  <<: *x", "f.yaml:3: aliases (& and *) are not allowed; write it out"),
        ("a:\n  " + "[" * 60 + "]" * 60, f"f.yaml:2: nested over {MAX_DEPTH} deep"),
    ],
)
def test_a_text_that_is_no_mapping_is_told_with_its_line(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_yaml(text, "f.yaml")
    assert str(caught.value).startswith(message)


def test_a_bomb_of_aliases_is_not_unpacked() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 100)]
    with pytest.raises(ConfigError, match=r"f\.yaml:2: aliases"):
        parse_yaml("\n".join(lines), "f.yaml")


@pytest.mark.parametrize("unit", ["[", "{a: ", "- ", "? "])
def test_nesting_of_any_depth_does_not_crash_the_process(unit: str) -> None:
    with pytest.raises(ConfigError, match="nested over 50 deep"):
        parse_yaml(unit * 300_000, "f.yaml")


def test_a_tag_makes_no_object() -> None:
    entry = parse_yaml('a: !!python/object/apply:os.getcwd []\nb: !!python/name:os.getcwd ""', "f.yaml")
    with pytest.raises(ConfigError, match="a: expected text, found a list"):
        entry.text("a")
    assert entry.text("b") == ""


@pytest.mark.parametrize("tag", ["!!int", "!!float", "!!bool", "!x:int", "!<tag:yaml.org,2002:int>"])
def test_the_text_under_a_tag_is_not_read_as_yaml(tag: str) -> None:
    layers = ", ".join(f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 8)}]}}" for i in range(1, 8))
    for text in (f"{{a0: &a0 {{k: 1}}, {layers}}}", "[" * 100_000, "1:00" * 100_000):
        entry = parse_yaml(f"a: {tag} '{text}'", "f.yaml")
        with pytest.raises(ConfigError, match="expected a number"):
            entry.number("a")
        with pytest.raises(ConfigError, match="expected true or false"):
            entry.flag("a")


def test_values_are_read_as_they_are_meant() -> None:
    entry = parse_yaml(
        "t: 1.0\nn: 1.5e+3\nw: 7\nm: -0.5\ntagged: !!int '8'\nf: yes\ng: Off\nlone: a\nmany: [a, no, 3]\n"
        "day: 2026-01-31\nlist: [{id: N}, {name: M}, {}]\nmixed: [a, {b: 1}]",
        "f.yaml",
    )
    assert entry.text("t") == "1.0" and entry.number("n") == 1500 and entry.whole("w") == 7 and entry.flag("f") is True
    assert entry.number("m", low=-1) == -0.5 and entry.whole("tagged") == 8 and entry.flag("g", True) is False
    assert entry.texts("lone") == ("a",) and entry.texts("many") == ("a", "no", "3")
    assert parse_yaml("a: >\n  两行\n  👨‍👩‍👧\n", "f.yaml").one_line("a") == "两行 👨‍👩‍👧"
    assert entry.day("day") == date(2026, 1, 31) and entry.day("none") is None
    assert [item.name for item in entry.entries("list")] == ["N", "M", "f.list[3]"]
    text, mapping = entry.items("mixed")
    assert text == "a" and isinstance(mapping, Entry)
    entry.done()


def test_a_key_that_is_not_there_has_its_default() -> None:
    entry = parse_yaml("a: 1", "f.yaml")
    assert entry.text("b", "d") == "d" and entry.number("b", 2.5) == 2.5 and entry.flag("b") is False
    assert entry.texts("b", ()) == () and entry.entry("b", required=False) is None
    assert entry.entries("b", required=False) == [] and entry.items("b", required=False) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: \xff", "cannot be read as UTF-8"),
        ("a: 甲".encode("gb18030"), "cannot be read as UTF-8"),
        (b"#" * (MAX_BYTES + 1), "over 5000000 bytes; split it"),
        (None, "cannot be read: "),
    ],
)
def test_a_file_that_cannot_be_read_is_named(content: bytes | None, message: str, tmp_path: Path) -> None:
    path = tmp_path / "book.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_yaml(path)
    assert str(caught.value).startswith(f"{path}: {message}")


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    path = tmp_path / "book.yaml"
    path.write_text("a: 甲", encoding="utf-8-sig")
    assert read_yaml(path).text("a") == "甲"


yaml_like = st.text() | st.lists(
    st.sampled_from(
        [
            "a",
            ": ",
            "- ",
            "\n",
            "  ",
            "[",
            "]",
            "{",
            "}",
            "&x",
            "*x",
            "|",
            "'",
            '"',
            "!!int ",
            "#",
            "? ",
            "---\n",
            "%",
            "，",
            "\x85",
            "\ufeff",
        ]
    )
).map("".join)


@settings(deadline=None)
@given(yaml_like)
@example("?\x85\ufeff")
@example("\x85\ufeff?")
def test_any_text_gives_a_mapping_or_one_line_that_names_the_file(text: str) -> None:
    try:
        entry = parse_yaml(text, "f.yaml")
    except ConfigError as error:
        assert str(error).startswith("f.yaml:") and "\n" not in str(error)
    else:
        assert set(entry.names()) == {str(key) for key in _keys(text)}


def _keys(text: str) -> list[str]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml and PyYAML read a stray U+FEFF differently
    return [key.value for key, _ in yaml.compose(text, Loader=loader).value]
