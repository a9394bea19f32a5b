"""What folding changes in a pattern is told: it loads, and never matches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from csnlp.rules import RuleBook
from csnlp.rules.lint import lint


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("VX", "'V', 'X', never found in folded text; write 'v', 'x'"),
        ("加微信，", "'，', never found in folded text; write ','"),
        ("傳", "'傳', never found in folded text; write '传'"),
        (r"好\n的", r"'\n', never found in folded text; write ' '"),
        ("（好）", r"'（', '）', never found in folded text; write '\(', '\)'"),
        (r"\p{Han}Q", "'Q', never found in folded text; write 'q'"),
        (r"[A-ZＡ]\d", "'[A-ZＡ]', never found in folded text; write '[a-za]'"),
        ("(?i:VX)傳", "'傳', never found in folded text; write '传'"),
        (r"[A-Za-z，,。]|[^A]|[[:upper:]]|[\]A]|\x{41}|\D\W\S\B", None),
        (r"(?i)VX|\p{Lu}|\QVX\E", None),
        ("(?P<AT>加)微{1,2}", None),
    ],
)
def test_a_pattern_that_looks_for_what_folding_removes(
    one_rule: Callable[..., RuleBook], pattern: str, told: str | None
) -> None:
    book = one_rule(f"{{any: [{{regex: '{pattern}'}}, {{not: {{regex: '{pattern}'}}}}]}}")
    found = [problem.message for problem in lint(book, date(2026, 1, 1)) if "its pattern" in problem.message]
    assert found == ([] if told is None else [f"its pattern '{pattern}' has {told}"])
