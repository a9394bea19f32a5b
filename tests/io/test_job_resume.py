"""A run that was stopped goes on, and with nothing of another run."""

from __future__ import annotations

import json

import pyarrow.parquet as pq
import pytest

from csnlp.errors import ConfigError
from csnlp.io import Source, score_file


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
