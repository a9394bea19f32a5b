from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from csnlp.rules import RuleBook, load_book

from .conftest import BOOK, FILES, MORE, RUDE, complaint

WriteBook = Callable[..., Path]


def test_everything_that_the_book_says_is_read(write_book: WriteBook) -> None:
    book = load_book(write_book(BOOK, FILES))
    assert (book.name, book.version, book.review_below) == ("shop", "1.10", 0.6)
    assert [(section.id, section.weight) for section in book.sections] == [("norms", 70), ("flow", 30)]
    assert book.ceilings == {"critical": 40, "major": 79, "minor": 100}
    rude, thanks = book.rules
    assert (rude.severity, rude.points, rude.each, rude.cap, rude.veto) == ("critical", -14, True, 10, "section")
    assert (rude.start, rude.end, rude.otherwise) == (date(2026, 1, 1), date(2026, 12, 31), "no_context")
    assert [example.fires for example in rude.examples] == [True, False, False]
    exchange = rude.examples[2].exchange
    assert [turn.text for turn in exchange.context] == ["你们说我是笨蛋", "没有"]
    assert exchange.time is not None and exchange.context[0].time is not None
    assert (exchange.time - exchange.context[0].time).total_seconds() == 15
    assert exchange.after is not None and exchange.after[0].text == "哦"
    assert (thanks.id, thanks.severity, thanks.points) == ("N2-thanks", "praise", 2)
    assert thanks.where.endswith("more.yaml:2")
    assert book.clauses[1].credit["cold"] == 0.2


@pytest.mark.parametrize(
    ("total", "band"), [(100, "合格"), (60, "合格"), (59.99, "不合格"), (0, "不合格"), (None, None)]
)
def test_a_total_falls_into_the_highest_band_that_it_reaches(
    total: float | None, band: str | None, write_book: WriteBook
) -> None:
    assert load_book(write_book(BOOK, FILES)).band(total) == band


def test_lexicons_of_ones_own_stand_beside_the_book_or_in_a_folder_that_it_names(write_book: WriteBook) -> None:
    named = "lexicons: words\n" + BOOK
    load_book(write_book(named, {"more.yaml": MORE, "words/rude.txt": RUDE}))
    path = write_book(named, FILES)
    assert complaint(path) == f"{path}:1: book: lexicons: {path.parent / 'words'} is no folder"


def test_a_book_is_taken_as_it_is(write_book: WriteBook) -> None:
    book = load_book(write_book(BOOK, FILES))
    assert load_book(book) is book


def test_the_digest_tells_books_apart_by_everything_that_they_were_read_from(write_book: WriteBook) -> None:
    def digest(text: str = BOOK, **files: str) -> str:
        return load_book(write_book(text, {"more.yaml": MORE, "lexicons/rude.txt": RUDE, **files})).digest

    same = digest()
    assert digest() == same
    others = {
        digest(BOOK.replace("14}", "15}")),
        digest(**{"more.yaml": MORE.replace("points: 2", "points: 3")}),
        digest(**{"lexicons/rude.txt": RUDE + "傻瓜\n"}),
    }
    assert len(others | {same}) == 4


def test_a_book_can_be_loaded_from_its_path_as_text(write_book: WriteBook) -> None:
    book = load_book(str(write_book(BOOK, FILES)))
    assert isinstance(book, RuleBook) and book.name == "shop"
