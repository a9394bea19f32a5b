from __future__ import annotations

from pathlib import Path

import pytest

import csnlp
from csnlp.rules import load_book

BOOK = "name: shop\nversion: 3\nreview_below: 0.6\nweights: {politeness: 1, accuracy: 3}\n"


def test_a_book_of_ones_own_changes_the_total(tiny_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(BOOK, encoding="utf-8")
    ours = csnlp.load(tiny_model, path)
    score = ours.score("三天", question="什么时候发货")
    assert [line.possible for line in score.lines] == ([25, 75] if score.accuracy else [100])
    assert ours.metadata()["rule_book_version"] == "3"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: [", "not a YAML file"),
        ("- 1", "expected exactly the keys name, version, review_below, weights"),
        (BOOK + "extra: 1\n", "expected exactly the keys"),
        (BOOK.replace("0.6", "7"), "review_below: expected a number from 0 to 1, found 7"),
        (BOOK.replace("accuracy", "acts"), "weights: expected heads among politeness, accuracy"),
        (BOOK.replace("3}", "-3}"), "weights: expected numbers above 0"),
    ],
)
def test_a_wrong_book_says_where_and_what_is_allowed(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "book.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(csnlp.ConfigError, match=f"book.yaml: {message}"):
        load_book(path)


def test_an_unknown_book_lists_the_bundled_ones() -> None:
    with pytest.raises(csnlp.ConfigError, match="the bundled ones are taobao"):
        load_book("nope")
