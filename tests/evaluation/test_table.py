"""How the table of an evaluation words its numbers."""

import pytest

from csnlp.evaluation.table import _short


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, ".000"),
        (0.8764, ".876"),
        (0.9994, ".999"),
        (0.9995, "1.00"),
        (1.0, "1.00"),
        (1.0004, "1.00"),
        (1.6123, "1.61"),
        (-0.5, "-.500"),
        (-1.0, "-1.00"),
    ],
)
def test_a_bound_of_an_interval_is_short_and_true(value, shown):
    assert _short(value) == shown
