"""Bootstrap intervals: they have the right width, honour groups and seeds, and say when they know nothing."""

import numpy as np
import pytest

from csnlp.evaluation import bootstrap, metrics
from csnlp.evaluation.bootstrap import bootstrap_interval


def mean_of(values):
    return lambda weights: metrics.weighted_mean(values, weights)


def test_interval_of_a_mean_is_the_normal_one():
    values = np.random.default_rng(1).normal(size=400)
    low, high = bootstrap_interval(mean_of(values), 400, resamples=4_000)
    error = values.std() / 20
    assert low == pytest.approx(values.mean() - 1.96 * error, abs=0.1 * error)
    assert high == pytest.approx(values.mean() + 1.96 * error, abs=0.1 * error)


def test_same_seed_same_interval_another_seed_another():
    values = np.arange(30.0)
    first = bootstrap_interval(mean_of(values), 30, seed=5)
    assert first == bootstrap_interval(mean_of(values), 30, seed=5)
    assert first != bootstrap_interval(mean_of(values), 30, seed=6)


def test_rows_of_a_group_are_drawn_together():
    drawn = []

    def statistic(weights):
        drawn.append(weights)
        return weights.sum(axis=-1)

    bootstrap_interval(statistic, 6, groups=["a", "b", "a", "c", "b", "a"], resamples=50)
    weights = np.concatenate(drawn)
    assert weights.shape == (50, 6)
    assert (weights[:, 0] == weights[:, 2]).all() and (weights[:, 0] == weights[:, 5]).all()
    assert (weights[:, 1] == weights[:, 4]).all()
    assert (weights[:, [0, 1, 3]].sum(axis=1) == 3).all()  # as many groups as there are


def test_copies_of_rows_do_not_narrow_the_interval_when_grouped():
    values = np.random.default_rng(2).normal(size=50)
    copies, groups = np.repeat(values, 10), np.repeat(np.arange(50), 10).tolist()
    plain = np.subtract(*bootstrap_interval(mean_of(values), 50))
    grouped = np.subtract(*bootstrap_interval(mean_of(copies), 500, groups=groups))
    naive = np.subtract(*bootstrap_interval(mean_of(copies), 500))
    assert grouped == pytest.approx(plain)
    assert abs(naive) < 0.5 * abs(grouped)


def test_drawing_in_parts_changes_no_shape(monkeypatch):
    monkeypatch.setattr(bootstrap, "_CELLS_AT_ONCE", 70)
    sizes = []

    def statistic(weights):
        sizes.append(weights.shape)
        return weights.mean(axis=-1)

    bootstrap_interval(statistic, 10, resamples=23)
    assert sizes == [(7, 10), (7, 10), (7, 10), (2, 10)]


@pytest.mark.parametrize(("rows", "options"), [(0, {}), (1, {}), (5, {"resamples": 0}), (4, {"groups": ["same"] * 4})])
def test_too_little_to_resample_gives_no_interval(rows, options):
    assert np.isnan(bootstrap_interval(mean_of(np.arange(float(rows))), rows, **options)).all()


def test_a_measure_often_undefined_has_no_interval():
    # One positive row: a third of the resamples lack it, and an AUC interval of [1, 1] would be a lie.
    positive, scores = np.arange(20) == 0, np.where(np.arange(20) == 0, 1.0, 0.0)
    assert np.isnan(bootstrap_interval(lambda weights: metrics.auc(positive, scores, weights), 20)).all()


def test_wrong_options_are_named():
    with pytest.raises(ValueError, match="2 entries for 3 rows"):
        bootstrap_interval(mean_of(np.arange(3.0)), 3, groups=["a", "b"])
    with pytest.raises(ValueError, match="level is 95"):
        bootstrap_interval(mean_of(np.arange(3.0)), 3, level=95)
