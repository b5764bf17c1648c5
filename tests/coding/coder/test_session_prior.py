import numpy as np
import pytest

from coding.coder.session_prior import adjusted

USUAL = np.array([0.5, 0.3, 0.2], np.float32)


def drawn(shares: tuple[float, ...], count: int = 400) -> np.ndarray:
    """Probabilities of a coder that is often unsure, for utterances of a session with these shares."""
    draw = np.random.default_rng(1)
    truth = draw.choice(3, count, p=shares)
    logits = 1.5 * np.eye(3)[truth] + draw.normal(size=(count, 3)) * 0.8 + np.log(USUAL)
    raised = np.exp(logits)
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)


@pytest.mark.parametrize("shares", [(0.9, 0.05, 0.05), (0.1, 0.1, 0.8)])
def test_a_session_unlike_the_usual_comes_nearer_to_its_own_shares(shares: tuple[float, ...]) -> None:
    before = drawn(shares)
    after = adjusted(before, USUAL)
    gold = np.array(shares)
    assert np.abs(after.mean(axis=0) - gold).sum() < 0.7 * np.abs(before.mean(axis=0) - gold).sum()
    assert after.sum(axis=1) == pytest.approx(np.ones(len(after)))


def test_a_usual_session_hardly_changes() -> None:
    before = drawn((0.5, 0.3, 0.2))
    assert np.abs(adjusted(before, before.mean(axis=0)) - before).max() < 0.02


def test_a_few_utterances_say_little_about_their_session() -> None:
    before = drawn((0.9, 0.05, 0.05))[:2]
    assert np.abs(adjusted(before, USUAL) - before).max() < 0.05


def test_nothing_said_is_nothing_adjusted() -> None:
    assert adjusted(np.zeros((0, 3), np.float32), USUAL).shape == (0, 3)


def test_a_code_that_never_came_yet_is_no_division_by_nothing() -> None:
    after = adjusted(np.array([[0.2, 0.8, 0.0]], np.float32), np.array([1.0, 0.0, 0.0], np.float32))
    assert np.isfinite(after).all()
