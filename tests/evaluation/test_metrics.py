"""The measures against scikit-learn, and where they are undefined."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from csnlp.evaluation import metrics

LABELS = 4
relaxed = settings(deadline=None, max_examples=60)


@st.composite
def pairs(draw, top=LABELS - 1, least=1):
    rows = draw(st.integers(least, 40))
    column = st.lists(st.integers(0, top), min_size=rows, max_size=rows)
    return np.array(draw(column), dtype=int), np.array(draw(column), dtype=int)


@st.composite
def scored(draw):
    rows = draw(st.integers(2, 40))
    gold = draw(st.lists(st.booleans(), min_size=rows, max_size=rows).filter(lambda g: 0 < sum(g) < len(g)))
    # A coarse grid: ties between positive and negative rows are common.
    scores = draw(st.lists(st.sampled_from([0.0, 0.1, 0.5, 0.7, 1.0]), min_size=rows, max_size=rows))
    weights = draw(st.lists(st.integers(1, 4), min_size=rows, max_size=rows))
    return np.array(gold), np.array(scores), np.array(weights, dtype=float)


@relaxed
@given(pairs())
def test_accuracy_macro_f1_and_kappas_are_those_of_scikit_learn(data):
    gold, predicted = data
    matrix = metrics.confusion(gold, predicted, LABELS)
    assert float(metrics.accuracy(matrix)) == pytest.approx(reference.accuracy_score(gold, predicted))
    expected = reference.f1_score(gold, predicted, average="macro", zero_division=0)
    assert float(metrics.macro_f1(matrix)) == pytest.approx(expected)
    for quadratic in (True, False):
        ours = float(metrics.kappa(matrix, quadratic=quadratic))
        if len({*gold, *predicted}) == 1:
            assert np.isnan(ours)
            continue
        theirs = reference.cohen_kappa_score(
            gold, predicted, labels=range(LABELS), weights="quadratic" if quadratic else None
        )
        assert ours == pytest.approx(theirs, abs=1e-12)


@relaxed
@given(scored())
def test_auc_is_that_of_scikit_learn_with_ties_and_weights(data):
    gold, scores, weights = data
    assert float(metrics.auc(gold, scores)) == pytest.approx(reference.roc_auc_score(gold, scores))
    expected = reference.roc_auc_score(gold, scores, sample_weight=weights)
    assert float(metrics.auc(gold, scores, weights)) == pytest.approx(expected)


@relaxed
@given(st.integers(1, 30).flatmap(lambda n: st.lists(st.tuples(*[st.integers(0, 1)] * 6), min_size=n, max_size=n)))
def test_label_f1_is_that_of_scikit_learn(rows):
    gold, predicted = np.array(rows)[:, :3], np.array(rows)[:, 3:]
    expected = reference.f1_score(gold, predicted, average=None, zero_division=np.nan)
    np.testing.assert_allclose(metrics.label_f1(gold, predicted), expected)
    kept = gold.sum(axis=0) >= 2
    ours = float(metrics.multilabel_macro_f1(gold, predicted, min_support=2))
    assert ours == pytest.approx(expected[kept].mean()) if kept.any() else np.isnan(ours)


@relaxed
@given(pairs(), st.integers(0, 2**32 - 1))
def test_whole_weights_count_as_repeated_rows_and_stack(data, seed):
    gold, predicted = data
    weights = np.random.default_rng(seed).multinomial(len(gold), np.full(len(gold), 1 / len(gold)), size=3)
    scores = predicted / 7
    stacked = metrics.confusion(gold, predicted, LABELS, weights.astype(float))
    areas = metrics.auc(gold > 1, scores, weights.astype(float))
    errors = metrics.calibration_error(scores, gold > 1, weights.astype(float))
    for drawn, matrix, area, error in zip(weights, stacked, areas, errors, strict=True):
        rows = np.repeat(np.arange(len(gold)), drawn)
        np.testing.assert_array_equal(matrix, metrics.confusion(gold[rows], predicted[rows], LABELS))
        np.testing.assert_allclose(area, metrics.auc(gold[rows] > 1, scores[rows]))
        np.testing.assert_allclose(error, metrics.calibration_error(scores[rows], gold[rows] > 1), atol=1e-12)


@relaxed
@given(pairs(least=0), st.sampled_from([(), (3,), (2, 3), (0,)]), st.integers(0, 2**32 - 1))
def test_confusion_is_the_weighted_sum_over_the_rows_of_each_cell(data, sets, seed):
    gold, predicted = data
    random = np.random.default_rng(seed)
    member = ((gold * LABELS + predicted)[:, None] == np.arange(LABELS**2)).astype(float)

    def plainly(weights):
        return (weights @ member).reshape(*sets, LABELS, LABELS)

    drawn = random.integers(0, 4, (*sets, len(gold))).astype(float)
    np.testing.assert_array_equal(metrics.confusion(gold, predicted, LABELS, drawn), plainly(drawn))
    any_weights = random.random((*sets, len(gold)))
    np.testing.assert_allclose(
        metrics.confusion(gold, predicted, LABELS, any_weights), plainly(any_weights), rtol=1e-12
    )


def test_confusion_of_many_labels_needs_little_memory():
    random = np.random.default_rng(0)
    gold, predicted = random.integers(0, 118, (2, 2_000))
    tracemalloc.start()
    matrix = metrics.confusion(gold, predicted, 118, np.ones((10, 2_000)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (matrix.sum(axis=(-2, -1)) == 2_000).all()
    assert peak < 5_000_000  # a row for each of 118² cells would be 220 MB


@relaxed
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_calibration_error_is_the_weighted_gap_of_fifteen_bins(rows):
    total = 0.0
    for k in range(15):
        low, high = k / 15, (k + 1) / 15
        inside = [(p, hit) for p, hit in rows if low < p <= high or (k == 0 and p == 0)]
        if inside:
            total += abs(sum(p for p, _ in inside) - sum(hit for _, hit in inside))
    confidence, correct = zip(*rows, strict=True)
    near_an_edge = any(abs(p * 15 - round(p * 15)) < 1e-9 and p * 15 != round(p * 15) for p in confidence)
    if not near_an_edge:
        assert float(metrics.calibration_error(confidence, correct)) == pytest.approx(total / len(rows), abs=1e-9)


def test_calibration_error_by_hand():
    # Four rows at 0.9 of which three are right: |0.9 - 0.75|. Two at 0.4, one right: |0.4 - 0.5|.
    confidence, correct = [0.9] * 4 + [0.4] * 2, [1, 1, 1, 0, 1, 0]
    assert float(metrics.calibration_error(confidence, correct)) == pytest.approx((4 * 0.15 + 2 * 0.1) / 6)


def test_calibration_noise_is_the_error_of_a_model_that_is_right_about_itself():
    rng = np.random.default_rng(3)
    confidence = rng.uniform(0.3, 1, 230)
    errors = [float(metrics.calibration_error(confidence, rng.random(230) < confidence)) for _ in range(400)]
    noise = float(metrics.calibration_noise(confidence))
    assert noise == pytest.approx(np.mean(errors), rel=0.05)
    assert float(metrics.calibration_noise(np.tile(confidence, 4))) == pytest.approx(noise / 2)
    assert float(metrics.calibration_noise([0.0, 1.0, 1.0])) == 0


def test_quadratic_kappa_by_hand():
    # Two raters, three ranks: one disagreement by two ranks costs four times one by a single rank.
    gold = np.array([0, 1, 2, 2])
    near, far = np.array([0, 1, 2, 1]), np.array([0, 1, 2, 0])
    near_kappa, far_kappa = (float(metrics.kappa(metrics.confusion(gold, other, 3))) for other in (near, far))
    # near: observed 1 of 4 rows; by chance (2·1 + 1·4 + 1 + 1 + 2·4 + 4·1) / 16 = 20 / 16.
    assert near_kappa == pytest.approx(1 - (1 / 4) / (20 / 16))
    assert far_kappa < near_kappa


def test_no_rows_give_nan_everywhere():
    none = np.array([], dtype=int)
    matrix = metrics.confusion(none, none, LABELS)
    values = [metrics.accuracy(matrix), metrics.macro_f1(matrix), metrics.kappa(matrix), metrics.auc(none, none)]
    values += [metrics.calibration_error(none, none), metrics.weighted_mean(none)]
    values += [metrics.multilabel_macro_f1(np.zeros((0, 2)), np.zeros((0, 2))), metrics.mean_over_labels([])]
    assert np.isnan(np.array([float(value) for value in values])).all()


def test_one_class_gives_no_auc_but_a_disagreement_has_a_kappa():
    assert np.isnan(float(metrics.auc([1, 1], [0.2, 0.8])))
    assert np.isnan(float(metrics.auc([0, 0], [0.2, 0.8])))
    one_label = metrics.confusion(np.array([2, 2]), np.array([2, 2]), LABELS)
    assert np.isnan(float(metrics.kappa(one_label))) and float(metrics.macro_f1(one_label)) == 1.0
    assert float(metrics.kappa(metrics.confusion(np.array([2, 2]), np.array([1, 1]), LABELS))) == 0.0


def test_macro_f1_leaves_out_labels_with_little_support():
    gold = np.array([[1, 1]] + [[1, 0]] * 9)
    predicted = np.array([[1, 0]] * 10)
    assert float(metrics.multilabel_macro_f1(gold, predicted)) == 1.0
    assert float(metrics.multilabel_macro_f1(gold, predicted, min_support=1)) == 0.5
    assert np.isnan(float(metrics.multilabel_macro_f1(gold, predicted, min_support=11)))
