import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from coding.coder.heads import best_temperature, fit_head, softmax
from coding.coder.report import expected_calibration_error, macro_f1


def one_hot(labels: np.ndarray, size: int) -> np.ndarray:
    return np.eye(size, dtype=bool)[labels]


@pytest.fixture
def three_classes() -> tuple[sparse.csr_array, np.ndarray]:
    """Feature k stands for class k, with some noise."""
    random = np.random.default_rng(0)
    labels = random.integers(0, 3, 600)
    rows = np.eye(3)[labels] + random.normal(0, 0.35, (600, 3))
    return sparse.csr_array(rows.astype(np.float32)), labels


def test_a_head_learns_what_scikit_learn_learns(three_classes: tuple[sparse.csr_array, np.ndarray]) -> None:
    """The oracle: the same penalty and loss as scikit-learn's multinomial logistic regression."""
    from sklearn.linear_model import LogisticRegression

    rows, labels = three_classes
    head = fit_head(rows, one_hot(labels, 3), "abc", strength=1.0, iterations=200)
    oracle = LogisticRegression(C=1.0, max_iter=1000, tol=1e-8).fit(rows, labels)
    assert head.probabilities(rows) == pytest.approx(oracle.predict_proba(rows), abs=0.01)


def test_partial_labels_teach_too(three_classes: tuple[sparse.csr_array, np.ndarray]) -> None:
    """Two rows of three are only known to be 0 or 1, or to be 2; a few full ones tell 0 from 1."""
    rows, labels = three_classes
    allowed = one_hot(labels, 3)
    vague = (np.arange(600) % 10 != 0) & (labels < 2)
    allowed[vague] = [True, True, False]
    answers = fit_head(rows, allowed, "abc").probabilities(rows).argmax(axis=1)
    assert (answers == labels).mean() > 0.9
    few = fit_head(rows[~vague], allowed[~vague], "abc").probabilities(rows).argmax(axis=1)
    assert ((answers == 2) == (labels == 2)).mean() >= ((few == 2) == (labels == 2)).mean()


def test_temperature_undoes_overconfidence() -> None:
    random = np.random.default_rng(1)
    logits = random.normal(0, 1.5, (4000, 3))
    shares = softmax(logits)
    labels = np.array([random.choice(3, p=share / share.sum()) for share in shares.astype(np.float64)])
    assert best_temperature(logits * 4, one_hot(labels, 3)) == pytest.approx(4, rel=0.1)
    raw = expected_calibration_error(softmax(logits * 4), labels)
    assert expected_calibration_error(shares, labels) < 0.03 < raw


def test_calibration_error_of_one_bin_by_hand() -> None:
    """Four answers of confidence 0.8, three of them right: the gap is 0.05."""
    shares = np.array([[0.8, 0.2]] * 4, np.float32)
    assert expected_calibration_error(shares, np.array([0, 0, 0, 1])) == pytest.approx(0.05)


def test_macro_f1_by_hand() -> None:
    """Class 0: 2 right of 3 said and 2 there, F1 4/5; class 1: 1 right of 1 said and 2 there, F1 2/3."""
    assert macro_f1([0, 0, 1, 1], [0, 0, 0, 1]) == pytest.approx((4 / 5 + 2 / 3) / 2)


@settings(deadline=None)
@given(st.lists(st.lists(st.floats(-500, 500), min_size=3, max_size=3), min_size=1, max_size=5))
def test_softmax_sums_to_one_and_keeps_order(logits: list[list[float]]) -> None:
    shares = softmax(np.array(logits))
    assert shares.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert all(share[np.argmax(row)] == share.max() for share, row in zip(shares, logits, strict=True))
