from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from csnlp.errors import ConfigError, InputError
from csnlp.rules import Case, RuleBook, register_check
from csnlp.rules.kinds import plugin
from csnlp.rules.verdict import Verdict

Ask = Callable[..., Verdict]
OneRule = Callable[..., RuleBook]


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is registered here is forgotten afterwards."""
    monkeypatch.setattr(plugin, "_checks", dict(plugin._checks))
    yield


def test_a_check_of_ones_own(registered: None, ask: Ask) -> None:
    def shouting(case: Case) -> list[tuple[int, int]]:
        return [(i, i + 1) for i, char in enumerate(case.exchange.reply) if char == "！"]

    register_check("tests.shouting", shouting)
    register_check("tests.long", lambda case: len(case.exchange.reply) > 5)
    assert ask("{python: tests.shouting}", "快！点！").spans == ((1, 2), (3, 4))
    assert ask("{python: tests.shouting}", "好").holds is False
    assert ask("{python: tests.long}", "一二三四五六").holds is True
    assert ask("{all: [{python: tests.long}, {regex: 好}]}", "好").holds is False


def test_a_check_is_asked_once_and_only_if_what_stands_before_it_holds(registered: None, ask: Ask) -> None:
    asked: list[str] = []

    def counted(case: Case) -> bool:
        asked.append(case.exchange.reply)
        return True

    register_check("tests.counted", counted)
    assert ask("{all: [{regex: 好}, {python: tests.counted}, {regex: 的}]}", "好的").spans == ((0, 1), (1, 2))
    assert ask("{all: [{regex: 好}, {python: tests.counted}]}", "坏的").holds is False
    assert asked == ["好的"]


def offer(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    point = EntryPoint(name, value, "csnlp.checks")
    monkeypatch.setattr(plugin, "entry_points", lambda group: EntryPoints([point]).select(group=group))


@pytest.mark.parametrize(
    ("name", "check", "problem"),
    [
        ("divides", lambda case: 1 / 0, "failed with ZeroDivisionError"),
        ("nothing", lambda case: None, "failed with TypeError"),
        ("outside", lambda case: [(0, 99)], "returned a span outside the reply"),
    ],
)
def test_a_check_that_fails_is_told_by_its_name(
    registered: None, ask: Ask, name: str, check: Any, problem: str
) -> None:
    register_check(f"tests.{name}", check)
    with pytest.raises(InputError, match=f"check tests.{name}: {problem}"):
        ask(f"{{python: tests.{name}}}", "好的")


def test_a_check_may_answer_with_a_bool_of_numpy(registered: None, ask: Ask) -> None:
    register_check("tests.numpy", lambda case: np.bool_(True))
    assert ask("{python: tests.numpy}", "好的").holds is True


def test_a_check_that_an_installed_package_offers(monkeypatch: pytest.MonkeyPatch, ask: Ask) -> None:
    offer(monkeypatch, "tests.offered", "builtins:callable")
    assert ask("{python: tests.offered}", "好").holds is False


def test_an_offered_check_whose_package_raises_when_it_is_imported_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_rule: OneRule
) -> None:
    (tmp_path / "broken_checks.py").write_text("raise RuntimeError('no key\\nat all')\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    offer(monkeypatch, "tests.broken", "broken_checks:check")
    with pytest.raises(ConfigError, match=r"R\.when: python: broken_checks:check .*: RuntimeError: no key$"):
        one_rule("{python: tests.broken}")


@pytest.mark.parametrize("value", ["no_such_package.checks:check", "math:no_such_check"])
def test_an_offered_check_that_cannot_be_imported_is_named(
    value: str, monkeypatch: pytest.MonkeyPatch, one_rule: OneRule
) -> None:
    offer(monkeypatch, "tests.broken", value)
    with pytest.raises(ConfigError, match=rf"book\.yaml:12: R\.when: python: {value} cannot be imported"):
        one_rule(f"{{python: tests.broken}} # {value}")


def test_a_check_that_nobody_offers_lists_those_that_there_are(registered: None, one_rule: OneRule) -> None:
    register_check("tests.known", lambda case: True)
    with pytest.raises(ConfigError, match=r"no check named 'tests\.unknown' .*known: .*tests\.known"):
        one_rule("{python: tests.unknown}")


def test_registering_another_check_under_a_name_that_is_taken_is_an_error() -> None:
    def check(case: object) -> bool:
        return True

    register_check("tests.taken", check)
    register_check("tests.taken", check)  # the same again is none
    with pytest.raises(ConfigError, match=r"a check named 'tests\.taken' is registered already"):
        register_check("tests.taken", lambda case: False)
