from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from csnlp.cli.main import main
from csnlp.errors import CsnlpWarning
from csnlp.rules import load_book
from csnlp.rules.selftest import failures

from .conftest import ONE_RULE

WriteBook = Callable[..., Path]
EXAMPLES = "    examples:\n      fires: [您找快递吧, 这个不归我们管]\n      silent: [我帮您看, 您好]\n"


def book_of(when: str) -> str:
    return ONE_RULE.replace("WHEN", when) + EXAMPLES


def test_examples_that_need_an_encoder_are_told_and_not_failed(write_book: WriteBook) -> None:
    book = load_book(write_book(book_of("{similar: [不归我们管]}")))
    with pytest.warns(CsnlpWarning, match=r"^4 examples were not run, they need an encoder \(similar\): R$"):
        assert list(failures(book)) == []


def test_an_example_that_the_rest_of_the_rule_decides_is_run(write_book: WriteBook) -> None:
    book = load_book(write_book(book_of("{all: [{regex: 快递|您好}, {not: {similar: [甲]}}]}")))
    with pytest.warns(CsnlpWarning, match="2 examples"):
        assert [failure.problem for failure in failures(book)] == ["should fire, is silent"]


def test_without_such_a_rule_nothing_is_said(write_book: WriteBook) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert list(failures(load_book(write_book(book_of("{regex: 快递|不归}"))))) == []


def test_the_command_says_how_many_were_not_run(write_book: WriteBook, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "test", str(write_book(book_of("{similar: [不归我们管]}")))]) == 0
    shown = capsys.readouterr()
    assert "1 rules, 4 examples, 0 failed" in shown.out and "4 examples were not run" in shown.err
