"""A scored reply with two clauses, and an open store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from csnlp.reviews import ReviewStore
from csnlp.types import Exchange, Finding, HeadScore, Line, Score, Turn


def make_exchange(
    reply_id: str = "c1#2", agent: str | None = "小林", reply: str = "这个不归我管，肯定没问题"
) -> Exchange:
    return Exchange(reply, (Turn("customer", "我的退款什么时候到"),), id=reply_id, agent=agent)


def make_score(reply_id: str = "c1#2", **changes: object) -> Score:
    """Total 82: a clause of 40 that lost 12 (buck_passing) and 6 (absolute), and one of 60 that lost nothing."""
    values: dict[str, object] = {
        "id": reply_id,
        "politeness": HeadScore("rude", 0.6, {}),
        "accuracy": HeadScore("evasive", 0.7, {}),
        "acts": ("guess",),
        "act_scores": {"guess": 0.9},
        "total": 82.0,
        "lines": (
            Line("N4.3 积极面对问题", "buck_passing、absolute", 0.55, 10, 40, 22),
            Line("N1.1 文明用语", "✓", 1, 40, 60, 60),
        ),
        "findings": (
            Finding("N4.3", "buck_passing", 2, 6, -12, "推诿"),
            Finding("N4.3", "absolute", 7, 9, -6, "绝对化用语"),
        ),
    }
    return Score(**{**values, **changes})  # type: ignore[arg-type]


def dump(path: Path) -> list[str]:
    with sqlite3.connect(path) as connection:
        return list(connection.iterdump())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "reviews.db"


@pytest.fixture
def store(path: Path) -> Iterator[ReviewStore]:
    with ReviewStore(path) as store:
        yield store
