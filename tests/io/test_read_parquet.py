from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from csnlp.errors import ConfigError
from csnlp.io import BadRow, parquet, read_exchanges
from csnlp.io.rows import read_row
from csnlp.types import Exchange, Turn


def written(path: Path, columns: dict[str, object], **options: object) -> str:
    pq.write_table(pa.table(columns), path, **options)
    return str(path)


def test_native_turns_and_times(tmp_path):
    noon = datetime(2024, 5, 1, 12, tzinfo=timezone.utc)
    path = written(
        tmp_path / "a.parquet",
        {
            "id": pa.array([7, None]),
            "context": pa.array([[{"role": "customer", "text": "多重？", "time": noon}], None]),
            "reply": pa.array(["12公斤", "好的"]).dictionary_encode(),
            "time": pa.array([noon, None], pa.timestamp("ns", "UTC")),
            "unused": [object.__name__, None],
        },
    )
    first, second = read_exchanges(path)
    assert first.id == "7"
    assert first.context == (Turn("customer", "多重？", noon),)
    assert first.time == noon
    assert (second.id, second.context, second.time) == ("2", (), None)


def test_conversations_and_text_contexts(tmp_path):
    path = written(
        tmp_path / "a.parquet",
        {
            "id": ["c", "e"],
            "turns": pa.array([[{"role": "客户", "text": "在吗"}, {"role": "客服", "text": "在"}], None]),
            "context": [None, "客户：多重"],
            "reply": [None, "12公斤"],
        },
    )
    first, second = read_exchanges(path)
    assert (first.id, first.reply) == ("c#2", "在")
    assert second.context == (Turn("customer", "多重"),)


def test_rows_are_numbered_over_row_groups(tmp_path):
    replies = ["好的"] * 2500
    replies[2100] = "😀"
    path = written(tmp_path / "a.parquet", {"回复": replies}, row_group_size=700)
    items = list(read_exchanges(path))
    (bad,) = [item for item in items if isinstance(item, BadRow)]
    assert len(items) == 2500
    assert bad.line == 2101


def test_decimal_ids_are_read(tmp_path):
    ids = pa.array([Decimal(12), None], pa.decimal128(20, 0))
    path = written(tmp_path / "a.parquet", {"id": ids, "reply": ["好的", "在的"]})
    first, second = read_exchanges(path)
    assert first.id == "12" and isinstance(second, Exchange)


@pytest.mark.parametrize("id", [Decimal("NaN"), Decimal("1E+99999"), Decimal("1.5")])
def test_odd_decimals_in_a_frame_cost_nothing(id):
    (record,) = read_row({"id": id, "reply": "好的"}, "frame", 7)
    assert isinstance(record.item, Exchange) and record.item.id == ("7" if id.is_nan() else str(id))


def test_numbers_with_gaps_stay_whole_ids(tmp_path):
    path = written(tmp_path / "a.parquet", {"id": [12.0, float("nan")], "reply": ["好", "好"]})
    assert [item.id for item in read_exchanges(path)] == ["12", "2"]


def test_a_value_that_cannot_be_read_costs_one_row(tmp_path):
    broken = pa.array([b"ok", b"\xff\xfe", b"ok"], pa.binary()).view(pa.string())
    items = list(read_exchanges(written(tmp_path / "a.parquet", {"reply": broken})))
    assert [type(item) for item in items] == [Exchange, BadRow, Exchange]
    assert (items[1].line, items[1].field) == (2, "reply")


def test_columns_are_mapped_and_looked_for(tmp_path):
    path = written(tmp_path / "a.parquet", {"话术": ["好"], "编号": ["x"]})
    (exchange,) = read_exchanges(path, columns={"reply": "话术"})
    assert (exchange.id, exchange.reply) == ("x", "好")
    with pytest.raises(ConfigError, match="话术, 编号"):
        list(read_exchanges(path, columns={"reply": "回复"}))


def test_another_file_called_parquet_is_told(tmp_path):
    path = tmp_path / "a.parquet"
    path.write_bytes(b"not at all")
    with pytest.raises(ConfigError, match="not a Parquet file"):
        list(read_exchanges(path))


def test_a_damaged_page_ends_the_file_with_one_bad_row(tmp_path):
    path = Path(written(tmp_path / "a.parquet", {"reply": [f"好的{n}" for n in range(3000)]}, row_group_size=1000))
    chunk = pq.ParquetFile(path).metadata.row_group(2).column(0)
    data = bytearray(path.read_bytes())
    start = chunk.dictionary_page_offset or chunk.data_page_offset
    data[start : start + chunk.total_compressed_size] = b"\xff" * chunk.total_compressed_size
    path.write_bytes(data)
    *good, bad = read_exchanges(path)
    assert [type(item) for item in good] == [Exchange] * 2000
    assert (bad.line, bad.field, bad.remedy) == (2001, "file", "get a whole copy")
    assert bad.problem.startswith("is damaged from here on")


def test_out_of_memory_is_no_damage_of_the_file(tmp_path, monkeypatch):
    path = written(tmp_path / "a.parquet", {"reply": ["好的"]})

    def fail(*args, **options):
        raise pa.ArrowMemoryError("malloc of size 64 failed")

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", fail)
    with pytest.raises(MemoryError):
        list(read_exchanges(path))


def test_a_long_text_in_many_rows_takes_memory_once(tmp_path):
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 200, pa.int32()), pa.array(["a" * 1_000_000]))
    turn = pa.StructArray.from_arrays([text, text], ["role", "text"])
    talk = pa.ListArray.from_arrays(pa.array([0, 1, 200], pa.int32()), turn)
    paths = [written(tmp_path / "a.parquet", {"reply": text}), written(tmp_path / "b.parquet", {"turns": talk})]
    before = pa.default_memory_pool()
    pool = pa.proxy_memory_pool(before)
    pa.set_memory_pool(pool)
    try:
        items = [item for path in paths for item in read_exchanges(path)]
    finally:
        pa.set_memory_pool(before)
    assert pool.max_memory() < 20_000_000
    assert len(items) == 202 and all(isinstance(item, BadRow) for item in items)
    assert items[0].problem == "has 1000000 characters, over 20000"
    assert (items[-1].field, items[-1].problem) == ("turns", "is over 16 MB long")


@pytest.mark.parametrize("group_bytes", [parquet.GROUP_BYTES, 0])
def test_conversations_are_the_same_in_row_groups_of_any_size(tmp_path, monkeypatch, group_bytes):
    monkeypatch.setattr(parquet, "GROUP_BYTES", group_bytes)
    texts = [f"第{n}个问题{'。' * 200}" for n in range(1, 1500)]
    turns = [[{"role": "客户", "text": text}, {"role": "客服", "text": "好的"}] for text in texts]
    path = written(tmp_path / "a.parquet", {"turns": turns}, row_group_size=700, dictionary_pagesize_limit=50_000)
    items = list(read_exchanges(path))
    assert [item.context[0].text for item in items] == texts
    assert {item.reply for item in items} == {"好的"}


def test_a_column_name_that_is_not_utf_8_is_told(tmp_path):
    path = Path(written(tmp_path / "a.parquet", {"name": ["x"], "reply": ["好"]}, store_schema=False))
    path.write_bytes(path.read_bytes().replace(b"name", b"nam\xe9"))
    with pytest.raises(ConfigError, match="name is not UTF-8"):
        list(read_exchanges(path))


def test_a_damaged_footer_is_told(tmp_path):
    path = Path(written(tmp_path / "a.parquet", {"reply": ["好的"]}))
    data = path.read_bytes()
    size = int.from_bytes(data[-8:-4], "little")
    path.write_bytes(data[: -8 - size] + b"\xff" * size + data[-8:])
    with pytest.raises(ConfigError, match="damaged"):
        list(read_exchanges(path))


def test_two_columns_of_one_name_are_told_where_it_is_needed(tmp_path):
    path = str(tmp_path / "a.parquet")
    rows = [["好"], ["您好"], ["x"], ["y"]]
    pq.write_table(pa.Table.from_arrays([pa.array(row) for row in rows], ["reply", "reply", "z", "z"]), path)
    with pytest.raises(ConfigError, match="2 columns are named 'reply'"):
        list(read_exchanges(path))
    pq.write_table(pa.Table.from_arrays([pa.array(row) for row in rows], ["reply", "Reply", "z", "z"]), path)
    assert [item.reply for item in read_exchanges(path)] == ["好"]


def test_days_and_times_out_of_range_cost_no_row(tmp_path):
    days = written(tmp_path / "a.parquet", {"reply": ["好"], "time": pa.array([datetime(2024, 5, 1)], pa.date32())})
    far = written(tmp_path / "b.parquet", {"reply": ["好"], "time": pa.array([10**15], pa.timestamp("ms"))})
    assert [item.time for path in (days, far) for item in read_exchanges(path)] == [datetime(2024, 5, 1), None]


def test_rows_of_pandas_may_have_gaps_and_arrays():
    row = {
        "id": pd.NA,
        "reply": "好",
        "time": pd.NaT,
        "reference": float("nan"),
        "context": np.array([{"role": "客户", "text": "在吗"}]),
    }
    (record,) = read_row(row, "frame", 3)
    assert record.item == Exchange("好", (Turn("customer", "在吗"),), id="3")
    (record,) = read_row({"reply": float("nan")}, "frame", 3)
    assert (record.item.field, record.item.problem) == ("reply", "is missing")
