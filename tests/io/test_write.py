from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from csnlp.errors import ConfigError
from csnlp.heads import ACTS, POLITENESS
from csnlp.io import open_writer
from csnlp.io.writers import COLUMNS
from csnlp.types import Finding, HeadScore, Score

FULL = Score(
    id="一",
    politeness=HeadScore("warm", 0.9, dict.fromkeys(POLITENESS.labels, 0.2), 0.975),
    complaint=HeadScore("none", 0.9, {"none": 0.9, "escalation": 0.1}, 0.1),
    acts=("apology", "greeting"),
    act_scores=dict.fromkeys(ACTS.labels, 0.125),
    review=True,
    total=88.5,
    findings=(Finding("N1.1", "taboo", 0, 2, -3.0, "服务忌语"),),
)
EMPTY = Score(id="=1+1")


def write(path: Path, scores: list[Score], probabilities: bool = False) -> list[dict[str, Any]]:
    rows = [score.to_dict(probabilities) for score in scores]
    with open_writer(path, metadata={"model": "fake", "input": "a.jsonl"}, probabilities=probabilities) as writer:
        for row in rows:
            writer.write(row)
    return rows


def test_the_columns_are_those_of_a_score():
    assert (*COLUMNS, "probabilities") == tuple(Score().to_dict(probabilities=True))


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
@pytest.mark.parametrize("probabilities", [False, True])
def test_json_lines(tmp_path, name, probabilities):
    rows = write(tmp_path / name, [FULL, EMPTY], probabilities)
    data = (tmp_path / name).read_bytes()
    lines = (gzip.decompress(data) if name.endswith("gz") else data).decode().splitlines()
    assert [json.loads(line) for line in lines] == rows
    assert "一" in lines[0]


@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ","), ("a.tsv", "\t"), ("a.csv.gz", ",")])
def test_tables_open_in_excel(tmp_path, name, delimiter):
    write(tmp_path / name, [FULL, EMPTY], probabilities=True)
    data = (tmp_path / name).read_bytes()
    data = gzip.decompress(data) if name.endswith("gz") else data
    assert data.startswith(b"\xef\xbb\xbf")
    full, empty = csv.DictReader(data.decode("utf-8-sig").splitlines(), delimiter=delimiter)
    assert (full["id"], full["politeness"], full["politeness_score"]) == ("一", "warm", "0.975")
    assert (full["acts"], full["review"], full["accuracy"]) == ("apology|greeting", "true", "")
    assert json.loads(full["act_scores"])["apology"] == 0.125
    assert json.loads(full["findings"])[0]["message"] == "服务忌语"
    assert json.loads(full["probabilities"])["complaint"] == {"none": 0.9, "escalation": 0.1}
    assert (empty["acts"], empty["total"], empty["review"]) == ("", "", "false")


@pytest.mark.parametrize("id", ["=1+1", "+86+1", "-1-1", "-", "@x", "＝1", "\t=1"])
def test_no_cell_is_a_formula(tmp_path, id):
    write(tmp_path / "a.csv", [Score(id=id)])
    (row,) = csv.DictReader((tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines())
    assert row["id"] == "'" + id


@pytest.mark.parametrize("probabilities", [False, True])
def test_parquet(tmp_path, probabilities):
    path = tmp_path / "a.parquet"
    rows = write(path, [FULL, EMPTY], probabilities)
    table = pq.read_table(path)
    assert table.column_names == list(rows[0])
    full, empty = table.to_pylist()
    assert {name: value for name, value in full.items() if name != "probabilities"} == {
        name: value for name, value in rows[0].items() if name != "probabilities"
    }
    if probabilities:
        assert full["probabilities"]["politeness"] == rows[0]["probabilities"]["politeness"]
        assert full["probabilities"]["accuracy"] is None
    assert empty["total"] is None and empty["acts"] == []
    assert table.schema.metadata[b"csnlp.model"] == b"fake"


def test_parquet_has_one_schema_whatever_is_in_it(tmp_path):
    for name, scores in {"a": [EMPTY], "b": [FULL], "c": []}.items():
        write(tmp_path / f"{name}.parquet", scores)
    schemas = [pq.read_schema(tmp_path / f"{name}.parquet") for name in "abc"]
    assert schemas[0].equals(schemas[1]) and schemas[1].equals(schemas[2])


def test_parquet_is_written_in_row_groups(tmp_path, monkeypatch):
    from csnlp.io import parquet_writer

    monkeypatch.setattr(parquet_writer, "ROW_GROUP", 10)
    write(tmp_path / "a.parquet", [FULL] * 25)
    file = pq.ParquetFile(tmp_path / "a.parquet")
    assert (file.metadata.num_rows, file.num_row_groups) == (25, 3)


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.parquet"])
def test_metadata_stands_beside_every_format(tmp_path, name):
    write(tmp_path / name, [FULL])
    text = (tmp_path / f"{name}.meta.json").read_text(encoding="utf-8")
    assert json.loads(text) == {"model": "fake", "input": "a.jsonl"}


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv.gz", "a.parquet"])
def test_an_error_leaves_the_old_file_and_no_litter(tmp_path, name):
    write(tmp_path / name, [FULL])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(RuntimeError), open_writer(tmp_path / name) as writer:
        writer.write(EMPTY.to_dict())
        raise RuntimeError
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_same_rows_give_the_same_gzip(tmp_path):
    write(tmp_path / "a.jsonl.gz", [FULL])
    write(tmp_path / "b.jsonl.gz", [FULL])
    assert (tmp_path / "a.jsonl.gz").read_bytes() == (tmp_path / "b.jsonl.gz").read_bytes()


@pytest.mark.parametrize("name", ["a.xlsx", "a.json", "a", "a.parquet.gz"])
def test_other_names_are_refused(tmp_path, name):
    with pytest.raises(ConfigError, match=r"\*\.jsonl"), open_writer(tmp_path / name):
        pass


def test_a_carriage_return_in_an_id_is_quoted_and_lines_end_with_a_line_feed(tmp_path):
    write(tmp_path / "a.csv", [Score(id="a\rb"), Score(id="c")])
    data = (tmp_path / "a.csv").read_bytes().decode("utf-8-sig")
    assert '"a\rb"' in data and "\r\n" not in data and data.count("\n") == 3
    with open(tmp_path / "a.csv", encoding="utf-8-sig", newline="") as stream:
        assert [row["id"] for row in csv.DictReader(stream)] == ["a\rb", "c"]


@pytest.mark.parametrize("id", ["-1", "+86", "-12.5"])
def test_an_id_that_is_a_number_is_kept_as_it_is(tmp_path, id):
    write(tmp_path / "a.csv", [Score(id=id)])
    (row,) = csv.DictReader((tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines())
    assert row["id"] == id
