"""Whatever a file holds, reading it gives exchanges and bad rows, and nothing else happens."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from csnlp.errors import ConfigError
from csnlp.io import BadRow, read_exchanges
from csnlp.types import Exchange
from csnlp.validation import check_exchange

FORMATS = {"jsonl": "a.jsonl", "csv": "a.csv", "tsv": "a.tsv", "transcript": "a.txt"}
HEADERS = {"csv": b"id,reply,context,turns\n", "tsv": b"id\treply\tcontext\tturns\n"}
quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

pieces = st.sampled_from(
    ["客户：", "客服：", "小明：", "---", "=== 1", "\n", "\r", "\r\n", '"', '""', ",", "\t", "{", "}", "[", "]", ":",
     "2024-05-01 10:00:00", "[2024-05-01 10:00]", "(2024-13-01 10:00)", '{"reply": "好"}', '"turns"', "\x00", "\\",
     "\ud800", "\ufeff", "😀", "\u2028", "\x1c", "在吗", "reply", " ", "null", "客服 2024/5/1 10:00:00"]
)  # fmt: skip
texts = st.lists(pieces | st.text(max_size=5), max_size=30).map("".join)
contents = st.binary(max_size=300) | st.builds(
    lambda text, encoding: text.encode(encoding, "surrogatepass" if "utf" in encoding else "ignore"),
    texts,
    st.sampled_from(["utf-8", "gb18030", "utf-16"]),
)


def check(path, encoding: str | None = None) -> list[Exchange | BadRow]:
    items = list(read_exchanges(path, encoding=encoding))
    for item in items:
        if isinstance(item, BadRow):
            assert item.line >= 1
            assert len(item.message.splitlines()) == 1
            json.dumps(item.to_dict(), ensure_ascii=False).encode()
        else:
            check_exchange(item)
            item.id.encode()
    return items


def check_or_refusal(path) -> None:
    """As a whole a file is refused for its header, its kind, or an encoding that cannot be told."""
    try:
        check(path)
    except ConfigError as error:
        assert str(path) in str(error)


@pytest.mark.parametrize("format", FORMATS)
@quick
@given(content=contents)
@example(content=b"")
@example(content=b"\xff\xfe")
@example(content=b"\xff\xfe\n")
def test_any_bytes(tmp_path, format, content):
    path = tmp_path / FORMATS[format]
    path.write_bytes(HEADERS.get(format, b"\n") + content)
    check(path, encoding="utf-8")
    check_or_refusal(path)


@pytest.mark.parametrize("format", ["csv", "tsv"])
@quick
@given(content=contents)
def test_any_header(tmp_path, format, content):
    path = tmp_path / FORMATS[format]
    path.write_bytes(content)
    check_or_refusal(path)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["agent", "客户"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["role", "text", "time", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
fields = st.sampled_from(["id", "reply", "context", "question", "context_text", "reference", "agent", "time", "turns"])


@quick
@given(rows=st.lists(st.dictionaries(fields, json_values, max_size=6), min_size=1, max_size=5))
def test_any_values_in_any_field(tmp_path, rows):
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert {item.line for item in check(path) if isinstance(item, BadRow)} <= set(range(1, len(rows) + 1))


clean = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30)
replies = clean.map(lambda text: f"好{text}")


@quick
@given(rows=st.lists(st.tuples(clean, replies), max_size=8), encoding=st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_json_lines_come_back(tmp_path, rows, encoding):
    path = tmp_path / "a.jsonl"
    lines = [json.dumps({"question": question, "reply": reply}, ensure_ascii=False) for question, reply in rows]
    path.write_bytes("\n".join(lines).encode(encoding))
    expected = [([question] if question.strip() else [], reply) for question, reply in rows]
    assert [
        ([turn.text for turn in item.context], item.reply) for item in read_exchanges(path, encoding=encoding)
    ] == expected


cells = st.text(st.sampled_from("好的,\"\n\r|'") | st.characters(blacklist_categories=("Cs", "Cc")), max_size=20)


@quick
@given(rows=st.lists(st.tuples(cells, cells), max_size=8), name=st.sampled_from(["a.csv", "a.tsv"]))
def test_tables_come_back(tmp_path, rows, name):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter="," if name == "a.csv" else "\t")
    writer.writerows([("reply", "reference"), *((f"好{reply}", f"见{reference}") for reply, reference in rows)])
    path = tmp_path / name
    path.write_bytes(text.getvalue().encode())
    items = list(read_exchanges(path, encoding="utf-8"))
    assert [(item.reply, item.reference) for item in items] == [(f"好{a}", f"见{b}") for a, b in rows]


lines = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20).map(lambda text: f"好{text}".strip())


@quick
@given(said=st.lists(st.tuples(st.sampled_from(["customer", "agent"]), lines), min_size=1, max_size=10))
def test_transcripts_come_back(tmp_path, said):
    path = tmp_path / "a.txt"
    names = {"customer": "客户", "agent": "客服"}
    path.write_text("\n".join(f"{names[role]}：{text}" for role, text in said), encoding="utf-8")
    items = list(read_exchanges(path, encoding="utf-8"))
    if any(role == "agent" for role, _ in said):
        last = max(number for number, (role, _) in enumerate(said) if role == "agent")
        turns = [*((turn.role, turn.text) for turn in items[-1].context), ("agent", items[-1].reply)]
        assert turns == said[: last + 1]
    else:
        assert [item.field for item in items] == ["turns"]
