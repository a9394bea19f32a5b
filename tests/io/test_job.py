from __future__ import annotations

import gzip
import io
import json
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from filelock import FileLock

from csnlp.errors import ConfigError
from csnlp.io import Source, score_file, score_stream
from csnlp.types import Score

from .conftest import rows


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_file_is_scored_and_bad_rows_stand_beside(tmp_path, chats, make_scorer):
    output = tmp_path / "out.jsonl"
    summary = score_file(make_scorer(), chats, output, chunk_size=4)
    assert [row["id"] for row in rows(output)] == [f"r{number}" for number in range(25)]
    assert [(row["line"], row["field"]) for row in rows(tmp_path / "out.jsonl.errors.jsonl")] == [
        (4, "line"),
        (14, "reply"),
        (28, "reply"),
    ]
    metadata = json.loads((tmp_path / "out.jsonl.meta.json").read_text(encoding="utf-8"))
    assert metadata["model_version"] == "1" and metadata["input"] == str(chats) and metadata["created"]
    assert (summary.scored, summary.bad, summary.exit_status) == (25, 3, 2)
    assert sum(summary.politeness.values()) == 25
    assert summary.accuracy == {None: 25}
    assert summary.output == str(output) and summary.errors == f"{output}.errors.jsonl"
    assert [bad.line for bad in summary.first_bad] == [4, 14, 28]
    assert names(tmp_path) == {"chats.jsonl", "out.jsonl", "out.jsonl.meta.json", "out.jsonl.errors.jsonl"}


@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "out.jsonl.gz"])
def test_every_format_can_be_the_output(tmp_path, chats, make_scorer, name):
    summary = score_file(make_scorer(), str(chats), str(tmp_path / name), probabilities=True, chunk_size=4)
    assert summary.scored == 25
    if name.endswith("parquet"):
        table = pq.read_table(tmp_path / name)
        assert table.num_rows == 25 and table.schema.metadata[b"csnlp.rule_book_version"] == b"0"


def test_what_the_scorer_refuses_is_a_bad_row_with_its_line(tmp_path, make_scorer):
    source = tmp_path / "a.jsonl"
    source.write_text('{"reply": "好"}\n\n{"id": "x", "reply": "坏"}\n', encoding="utf-8")
    summary = score_file(make_scorer(fail="坏"), source, tmp_path / "out.jsonl")
    assert summary.scored == 1
    (bad,) = summary.first_bad
    assert (bad.line, bad.id, bad.field) == (3, "x", "reply")
    assert (bad.problem, bad.remedy) == ("is beyond me; or: nearly", "leave it out")


def test_a_scorer_that_gives_a_message_alone_is_quoted(tmp_path, make_scorer):
    class Terse(make_scorer):
        def score_many(self, items):
            return (Score(id=score.id, error=score.error) for score in super().score_many(items))

    source = tmp_path / "a.jsonl"
    source.write_text('{"id": "x", "reply": "坏"}\n', encoding="utf-8")
    (bad,) = score_file(Terse(fail="坏"), source, tmp_path / "out.jsonl").first_bad
    assert (bad.id, bad.field, bad.remedy) == ("x", "exchange", "leave the row out")
    assert bad.problem == "reply: is beyond me; or: nearly; leave it out"


def test_no_errors_file_without_errors(tmp_path, make_scorer):
    source = tmp_path / "a.jsonl"
    source.write_text('{"reply": "好"}\n', encoding="utf-8")
    (tmp_path / "out.jsonl.errors.jsonl").write_text("stale")
    summary = score_file(make_scorer(), source, tmp_path / "out.jsonl")
    assert summary.exit_status == 0 and summary.errors is None
    assert not (tmp_path / "out.jsonl.errors.jsonl").exists()


@pytest.mark.parametrize("content", ["", "{oops\n"])
def test_nothing_scored_leaves_the_old_output(tmp_path, make_scorer, content):
    source, output = tmp_path / "a.jsonl", tmp_path / "out.jsonl"
    source.write_text(content, encoding="utf-8")
    output.write_text("old")
    summary = score_file(make_scorer(), source, output)
    assert summary.exit_status == 1 and summary.output is None
    assert output.read_text() == "old"
    failed = tmp_path / "out.jsonl.failed.errors.jsonl"
    assert failed.exists() == bool(content) and summary.errors == (str(failed) if content else None)
    assert not (tmp_path / "out.jsonl.parts").exists()


def test_a_run_that_scores_nothing_keeps_the_bad_rows_of_the_output_that_it_leaves(tmp_path, chats, make_scorer):
    output = tmp_path / "out.jsonl"
    errors = Path(score_file(make_scorer(), chats, output).errors)
    before = errors.read_text(encoding="utf-8")
    source = tmp_path / "b.jsonl"
    for content in ("{oops\n", ""):
        source.write_text(content, encoding="utf-8")
        score_file(make_scorer(), source, output)
        assert errors.read_text(encoding="utf-8") == before
    source.write_text('{"reply": "好的"}\n', encoding="utf-8")
    assert score_file(make_scorer(), source, output).errors is None
    assert names(tmp_path) == {"chats.jsonl", "b.jsonl", "out.jsonl", "out.jsonl.meta.json"}


def test_an_older_output_is_replaced(tmp_path, chats, make_scorer):
    output = tmp_path / "out.jsonl"
    output.write_text("old")
    score_file(make_scorer(), chats, output)
    assert len(rows(output)) == 25


def test_two_runs_do_not_write_one_output(tmp_path, chats, make_scorer):
    output = tmp_path / "out.jsonl"
    with FileLock(tmp_path / ".out.jsonl.lock"), pytest.raises(ConfigError, match="another run"):
        score_file(make_scorer(), chats, output)
    assert score_file(make_scorer(), chats, output).scored == 25


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder in which nobody can make a file")
def test_a_folder_that_takes_no_file_is_not_taken_for_another_run(chats, make_scorer):
    with pytest.raises(
        ConfigError, match=r"^/proc: no file can be made in this folder \(.+\); name an output elsewhere"
    ):
        score_file(make_scorer(), chats, "/proc/out.jsonl")


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("out.xlsx", r"\*\.parquet"),
        ("no/out.csv", "no such folder"),
        ("chats.jsonl", "the input itself"),
        ("d.csv", "is a folder"),
    ],
)
def test_an_output_that_cannot_be_is_told_before_scoring(tmp_path, chats, make_scorer, output, told):
    (tmp_path / "d.csv").mkdir()
    scorer = make_scorer()
    with pytest.raises(ConfigError, match=told):
        score_file(scorer, chats, tmp_path / output)
    assert scorer.seen == []


@pytest.mark.parametrize("size", [0, 1.5, "4"])
def test_a_part_that_holds_no_whole_number_of_records_is_told(tmp_path, chats, make_scorer, size):
    with pytest.raises(ConfigError, match=f"chunk_size is {size!r}; give a whole number of records, at least 1"):
        score_file(make_scorer(), chats, tmp_path / "out.jsonl", chunk_size=size)
    assert not list(tmp_path.glob("out*"))


def test_standard_input_into_a_file(tmp_path, chats, make_scorer, monkeypatch):
    with open(chats, encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        summary = score_file(make_scorer(), "-", tmp_path / "out.jsonl", chunk_size=4)
    assert (summary.scored, summary.bad) == (25, 3)
    assert rows(tmp_path / "out.jsonl.errors.jsonl")[0]["file"] == "<stdin>"


def test_standard_output_is_json_lines(chats, make_scorer, capsys):
    summary = score_file(make_scorer(), chats, "-")
    out, err = capsys.readouterr()
    assert [json.loads(line)["id"] for line in out.splitlines()] == [f"r{number}" for number in range(25)]
    assert err.count("chats.jsonl:") == 3
    assert (summary.scored, summary.errors) == (25, None)


def test_a_stream_of_outcomes_keeps_the_order_and_reads_no_further_than_needed(chats, make_scorer):
    scorer = make_scorer()
    outcomes = score_stream(scorer, Source.of(chats), chunk_size=4)
    assert [next(outcomes) for _ in range(4)][3].line == 4
    assert scorer.seen == ["r0", "r1", "r2"]


@pytest.mark.parametrize(
    "beside", ["out.jsonl.errors.jsonl", "out.jsonl.meta.json", ".out.jsonl.partial", ".out.jsonl.meta.json.partial"]
)
@pytest.mark.parametrize("linked", [False, True])
def test_the_input_is_never_written_over(tmp_path, chats, make_scorer, beside, linked):
    source, content = tmp_path / beside, chats.read_bytes()
    if linked:
        source.symlink_to(chats)
    else:
        chats.rename(source)
    with pytest.raises(ConfigError, match=rf"{beside}, where .* is an input of this run; name another output"):
        score_file(make_scorer(), Source.of(source, format="jsonl"), tmp_path / "out.jsonl")
    assert source.read_bytes() == content


@pytest.mark.parametrize(
    "beside", ["out.jsonl", "out.jsonl.meta.json", "out.jsonl.errors.jsonl", "out.jsonl.parts/manifest.json"]
)
def test_links_in_the_place_of_temporary_files_are_not_followed(tmp_path, chats, make_scorer, beside):
    victim, place = tmp_path / "victim.txt", tmp_path / beside
    victim.write_text("mine")
    place.parent.mkdir(exist_ok=True)
    place.with_name(f".{place.name}.partial").symlink_to(victim)
    score_file(make_scorer(), chats, tmp_path / "out.jsonl")
    assert victim.read_text() == "mine"
    assert not (tmp_path / "out.jsonl").is_symlink() and len(rows(tmp_path / "out.jsonl")) == 25


def test_a_link_in_the_place_of_the_parts_is_told_at_once(tmp_path, chats, make_scorer):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out.jsonl.parts").symlink_to(tmp_path / "elsewhere")
    scorer = make_scorer()
    with pytest.raises(ConfigError, match=r"out\.jsonl\.parts, where .* is a link; remove it"):
        score_file(scorer, chats, tmp_path / "out.jsonl")
    assert scorer.seen == [] and not list((tmp_path / "elsewhere").iterdir())


def test_an_output_that_is_a_link_stays_one(tmp_path, chats, make_scorer):
    (tmp_path / "disk").mkdir()
    target, output = tmp_path / "disk" / "real.bin", tmp_path / "out.jsonl.gz"
    output.symlink_to(target)
    score_file(make_scorer(), chats, output)
    assert output.is_symlink() and names(tmp_path / "disk") == {"real.bin"}
    assert len(gzip.decompress(target.read_bytes()).splitlines()) == 25


def test_without_a_standard_output_nothing_is_scored(chats, make_scorer, monkeypatch):
    scorer = make_scorer()
    for closed in (None, io.StringIO()):  # closed by the shell; a notebook's, which takes no bytes
        monkeypatch.setattr(sys, "stdout", closed)
        with pytest.raises(ConfigError, match=r"no standard output .*name a file"):
            score_file(scorer, chats, "-")
    assert scorer.seen == []
