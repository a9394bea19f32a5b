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


def test_what_is_missing_is_told_in_the_words_of_a_frame(scorer: csnlp.Scorer) -> None:
    with pytest.raises(csnlp.InputError, match="rename it to reply; the columns are text, words"):
        scorer.score_frame(pd.DataFrame({"text": ["好的"], "words": ["在吗"]}))
    with pytest.raises(csnlp.InputError, match="has no column for the reply; give one, named reply"):
        scorer.score_frame(pd.DataFrame())
    frame = scorer.score_frame(pd.DataFrame({"reply": [None]}))
    assert list(frame["error"]) == ["reply: is missing; give the agent's words, or leave the row out"]


@pytest.mark.filterwarnings("error")
def test_columns_that_are_not_read_may_be_of_any_kind(scorer: csnlp.Scorer) -> None:
    rows = [["好的", "在吗", 1, object(), ["no", "chat"]]]
    frame = scorer.score_frame(pd.DataFrame(rows, columns=["reply", "question", "x", "x", "turns"]))
    assert frame["error"][0] is None and frame["total"][0] == scorer.score("好的", question="在吗").total
