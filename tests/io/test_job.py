from __future__ import annotations

import gzip
import io
import json
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from filelock import FileLock

from csnlp.errors import ConfigError
from csnlp.io import Source, score_file, score_stream
from csnlp.types import Score


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


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


def test_a_stopped_run_goes_on_and_repeats_nothing(tmp_path, chats, make_scorer):
    whole, output = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    score_file(make_scorer(), chats, whole, chunk_size=4)
    stopped, resumed = make_scorer(stop_after=13), make_scorer()
    with pytest.raises(RuntimeError):
        score_file(stopped, chats, output, chunk_size=4)
    assert not output.exists()
    seen: list[tuple[int, int]] = []
    summary = score_file(resumed, chats, output, chunk_size=4, progress=lambda *step: seen.append(step))
    assert output.read_bytes() == whole.read_bytes()
    assert resumed.seen == [f"r{number}" for number in range(11, 25)]  # 3 parts of 4 rows are kept, one row of them bad
    assert (summary.scored, summary.scored_now, summary.bad) == (25, 14, 3)
    assert seen[0] == (4, 0) and seen[-1] == (28, 14)


def test_only_parts_of_ones_own_are_taken_up(tmp_path, chats, make_scorer):
    output, resumed = tmp_path / "out.jsonl", make_scorer()
    with pytest.raises(RuntimeError):
        score_file(make_scorer(stop_after=13), chats, output, chunk_size=4)
    for stray in ("part-000000 (1).jsonl", "part-000005.jsonl.bak", "part-5.jsonl"):
        (tmp_path / "out.jsonl.parts" / stray).write_text("{}", encoding="utf-8")
    assert score_file(resumed, chats, output, chunk_size=4).scored == 25
    assert resumed.seen == [f"r{number}" for number in range(11, 25)]
    assert not (tmp_path / "out.jsonl.parts").exists()


def test_a_run_stopped_while_it_puts_its_parts_together_scores_nothing_again(tmp_path, chats, make_scorer, monkeypatch):
    from csnlp.io import job, parts

    output = tmp_path / "out.jsonl"
    with monkeypatch.context() as patch:
        patch.setattr(parts.Parts, "drop", lambda self: (_ for _ in ()).throw(RuntimeError))
        with pytest.raises(RuntimeError):
            score_file(make_scorer(), chats, output, chunk_size=4)
        patch.setattr(job, "open_writer", lambda *a, **k: (_ for _ in ()).throw(RuntimeError))
        with pytest.raises(RuntimeError):
            score_file(make_scorer(), chats, output, chunk_size=4)
    again = make_scorer()
    assert score_file(again, chats, output, chunk_size=4).scored == 25
    assert again.seen == []
    assert not (tmp_path / "out.jsonl.parts").exists()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"scorer": {"version": "2"}}, "model version was 1, is now 2"),
        ({"options": {"probabilities": True}}, "probabilities was False, is now True"),
        ({"options": {"chunk_size": 5}}, "part size was 4, is now 5"),
        ({"append": '{"reply": "好"}\n'}, "input size was"),
        ({"source": {"columns": {"reply": "reply"}}}, "columns was {}"),
        ({"source": {"encoding": "utf-8"}}, "encoding was None"),
    ],
)
def test_another_run_is_not_mixed_in(tmp_path, chats, make_scorer, change, told):
    output = tmp_path / "out.jsonl"
    with pytest.raises(RuntimeError):
        score_file(make_scorer(stop_after=14), chats, output, chunk_size=4)
    with open(chats, "a", encoding="utf-8") as stream:
        stream.write(change.get("append", ""))
    source = Source.of(chats, **change.get("source", {}))
    options = {"chunk_size": 4, **change.get("options", {})}
    with pytest.raises(ConfigError, match=told) as error:
        score_file(make_scorer(**change.get("scorer", {})), source, output, **options)
    assert "--restart" in str(error.value)
    fresh = make_scorer(**change.get("scorer", {}))
    assert score_file(fresh, source, output, restart=True, **options).scored_now >= 25


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize(
    "content", [{"mine.txt": "x"}, {"manifest.json": "{}", "mine.txt": "x"}, {"manifest.json": "["}]
)
def test_a_folder_that_is_not_ours_is_left_alone(tmp_path, chats, make_scorer, content, restart):
    folder = tmp_path / "out.jsonl.parts"
    folder.mkdir()
    for name, text in content.items():
        (folder / name).write_text(text)
    with pytest.raises(ConfigError, match=r"out\.jsonl\.parts .* move it away"):
        score_file(make_scorer(), chats, tmp_path / "out.jsonl", restart=restart)
    assert {path.name: path.read_text() for path in folder.iterdir()} == content


def test_a_file_in_place_of_the_parts_is_told_and_an_empty_folder_taken(tmp_path, chats, make_scorer):
    place = tmp_path / "out.jsonl.parts"
    place.write_text("x")
    with pytest.raises(ConfigError, match="move it away"):
        score_file(make_scorer(), chats, tmp_path / "out.jsonl")
    place.unlink()
    place.mkdir()
    assert score_file(make_scorer(), chats, tmp_path / "out.jsonl").scored == 25


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv", "out.parquet"])
def test_whatever_the_scorer_depends_on_is_kept_and_compared(tmp_path, chats, make_scorer, monkeypatch, name):
    kind, output = make_scorer, tmp_path / name
    plain = kind.metadata
    monkeypatch.setattr(kind, "metadata", lambda self: {**plain(self), "model_digest": "abc"})
    with pytest.raises(RuntimeError):
        score_file(make_scorer(stop_after=14), chats, output, chunk_size=4)
    with monkeypatch.context() as patch, pytest.raises(ConfigError, match="model digest was abc, is now def"):
        patch.setattr(kind, "metadata", lambda self: {**plain(self), "model_digest": "def"})
        score_file(make_scorer(), chats, output, chunk_size=4)
    score_file(make_scorer(), chats, output, chunk_size=4)
    assert json.loads((tmp_path / f"{name}.meta.json").read_text(encoding="utf-8"))["model_digest"] == "abc"
    if name.endswith("parquet"):
        assert pq.read_schema(output).metadata[b"csnlp.model_digest"] == b"abc"


def test_an_input_that_changes_meanwhile_is_told(tmp_path, chats, make_scorer):
    def touch(line: int, scored: int) -> None:
        if line == 28:
            chats.write_text('{"reply": "好"}\n', encoding="utf-8")

    with pytest.raises(ConfigError, match="changed"):
        score_file(make_scorer(), chats, tmp_path / "out.jsonl", progress=touch)


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


@pytest.mark.parametrize("beside", ["out.jsonl.errors.jsonl", "out.jsonl.meta.json"])
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


def test_an_output_that_is_a_link_stays_one(tmp_path, chats, make_scorer):
    (tmp_path / "disk").mkdir()
    target, output = tmp_path / "disk" / "real.bin", tmp_path / "out.jsonl.gz"
    output.symlink_to(target)
    score_file(make_scorer(), chats, output)
    assert output.is_symlink() and names(tmp_path / "disk") == {"real.bin"}
    assert len(gzip.decompress(target.read_bytes()).splitlines()) == 25


def test_another_engine_is_not_mixed_in_but_parts_of_before_engines_were_told_are_kept(
    tmp_path, chats, make_scorer, monkeypatch
):
    kind, output = make_scorer, tmp_path / "out.jsonl"
    plain = kind.metadata

    def run_on(engine, **options):
        monkeypatch.setattr(kind, "metadata", lambda self: {**plain(self), **({"engine": engine} if engine else {})})
        return score_file(make_scorer(**options), chats, output, chunk_size=4)

    with pytest.raises(RuntimeError):
        run_on("openvino bfloat16", stop_after=14)
    with pytest.raises(ConfigError, match=r"engine was openvino bfloat16, is now onnx float32.* --device .*--restart"):
        run_on("onnx float32")
    assert run_on("openvino bfloat16").scored_now < 25
    with pytest.raises(RuntimeError):
        run_on(None, stop_after=14)
    assert run_on("onnx float32").scored_now < 25


def test_without_a_standard_output_nothing_is_scored(chats, make_scorer, monkeypatch):
    scorer = make_scorer()
    for closed in (None, io.StringIO()):  # closed by the shell; a notebook's, which takes no bytes
        monkeypatch.setattr(sys, "stdout", closed)
        with pytest.raises(ConfigError, match=r"no standard output .*name a file"):
            score_file(scorer, chats, "-")
    assert scorer.seen == []
