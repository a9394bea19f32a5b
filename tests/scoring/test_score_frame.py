from __future__ import annotations

import pandas as pd
import polars as pl
import pytest

import csnlp


def test_frames_keep_kind_rows_and_index(scorer: csnlp.Scorer) -> None:
    rows = {"reply": ["亲，三天", "😀", None], "question": ["多少钱", "在吗", "在吗"]}
    frame = scorer.score_frame(pd.DataFrame(rows, index=[7, 8, 9]))
    assert list(frame.index) == [7, 8, 9]
    assert frame.loc[7, "total"] == scorer.score("亲，三天", question="多少钱").total
    assert pd.isna(frame.loc[8, "total"]) and "reply" in frame.loc[9, "error"]
    polars = scorer.score_frame(pl.DataFrame(rows))
    assert isinstance(polars, pl.DataFrame) and polars.columns == list(frame.columns)
    assert polars["total"][0] == frame.loc[7, "total"]


def test_frames_have_the_same_columns_and_types_whatever_is_in_them(scorer: csnlp.Scorer) -> None:
    full = scorer.score_frame(pl.DataFrame({"reply": ["亲，三天"], "question": ["几天"]}))
    bad = scorer.score_frame(pl.DataFrame({"reply": ["😀"]}))
    empty = scorer.score_frame(pl.DataFrame({"reply": []}, schema={"reply": pl.String}))
    assert full.schema == bad.schema == empty.schema and len(pl.concat([full, bad, empty])) == 2
    assert list(scorer.score_frame(pd.DataFrame({"reply": []})).columns) == full.columns


def test_something_that_is_no_frame_is_refused(scorer: csnlp.Scorer) -> None:
    with pytest.raises(csnlp.InputError, match="pandas or polars"):
        scorer.score_frame([1])


def test_a_frame_without_replies_or_a_single_column_is_refused(scorer: csnlp.Scorer) -> None:
    for frame in (pd.DataFrame({"x": ["a"]}), pl.DataFrame({"x": ["a"]})):
        with pytest.raises(csnlp.InputError, match="has no column for the reply; rename it to reply"):
            scorer.score_frame(frame)
    with pytest.raises(csnlp.InputError, match="is Series; give a pandas or polars DataFrame"):
        scorer.score_frame(pd.Series(["好的"]))
