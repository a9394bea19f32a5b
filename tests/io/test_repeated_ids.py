from __future__ import annotations

import json
from pathlib import Path

import pytest

import csnlp.io.summary
from csnlp.io import score_file


def repeating(path: Path, *ids: str) -> Path:
    path.write_text("".join(json.dumps({"id": id, "reply": "好"}) + "\n" for id in ids), encoding="utf-8")
    return path


def test_ids_that_come_again_are_counted_once_each(tmp_path, make_scorer):
    source = repeating(tmp_path / "a.jsonl", "a", "b", "c", "b", "a", "b", "d")
    summary = score_file(make_scorer(), source, tmp_path / "out.jsonl", chunk_size=2)
    assert (summary.scored, summary.repeated, summary.first_repeated) == (7, 2, "b")
    assert len((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()) == 7
    summary = score_file(make_scorer(), repeating(source, "a", "b"), tmp_path / "out.jsonl")
    assert (summary.repeated, summary.first_repeated) == (0, None)


def test_ids_of_kept_parts_count_too(tmp_path, make_scorer):
    source = repeating(tmp_path / "a.jsonl", "a", "b", "c", "a")
    with pytest.raises(RuntimeError):
        score_file(make_scorer(stop_after=3), source, tmp_path / "out.jsonl", chunk_size=1)
    summary = score_file(make_scorer(), source, tmp_path / "out.jsonl", chunk_size=1)
    assert (summary.scored_now, summary.repeated, summary.first_repeated) == (1, 1, "a")


def test_no_more_ids_are_remembered_than_there_is_room_for(tmp_path, make_scorer, monkeypatch):
    monkeypatch.setattr(csnlp.io.summary, "REMEMBERED", 2)
    source = repeating(tmp_path / "a.jsonl", "a", "b", "late", "late", "b", "late", "a")
    summary = score_file(make_scorer(), source, tmp_path / "out.jsonl")
    assert (summary.repeated, summary.first_repeated) == (2, "b")
