"""Multinomial logistic heads, learned from full or partial labels, and their calibration."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Head:
    """`coefficients` (features × classes) and `intercepts` give logits; `temperature` divides them (Guo et al. 2017,
    "On Calibration of Modern Neural Networks")."""

    classes: tuple[str, ...]
    coefficients: Floats
    intercepts: Floats
    temperature: float = 1.0

    def logits(self, rows: Any) -> Floats:
        return np.asarray(rows @ self.coefficients + self.intercepts, np.float32)

    def probabilities(self, rows: Any) -> Floats:
        return softmax(self.logits(rows) / self.temperature)

    def at(self, temperature: float) -> "Head":
        return replace(self, temperature=temperature)


def softmax(logits: npt.NDArray[Any]) -> Floats:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)


def fit_head(
    rows: Any, allowed: Mask, classes: Sequence[str], *,
    weights: npt.NDArray[Any] | None = None, strength: float = 4.0, iterations: int = 80,
) -> Head:  # fmt: skip
    """Maximises the likelihood that each row's class is among its `allowed` ones (rows × classes).

    With one class allowed this is multinomial logistic regression; with several, the label is only known to be one
    of them (Cour, Sapp & Taskar 2011, "Learning from Partial Labels"). `strength` is the inverse of the L2 penalty.
    """
    count, width = rows.shape
    size = len(classes)
    weight = np.ones(count, np.float32) if weights is None else np.asarray(weights, np.float32)
    transposed = rows.T.tocsr()

    def cost(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        parameters = flat.reshape(width + 1, size)
        logits = np.asarray(rows @ parameters[:-1].astype(np.float32), np.float64) + parameters[-1]
        logits -= logits.max(axis=1, keepdims=True)
        raised = np.exp(logits)
        everything = raised.sum(axis=1)
        inside = np.where(allowed, raised, 0.0)
        right = np.maximum(inside.sum(axis=1), 1e-300)
        loss = float((weight * (np.log(everything) - np.log(right))).sum())
        push = (weight[:, None] * (raised / everything[:, None] - inside / right[:, None])).astype(np.float32)
        gradient = np.empty_like(parameters)
        gradient[:-1] = transposed @ push + parameters[:-1] / strength
        gradient[-1] = push.sum(axis=0)
        return loss + float((parameters[:-1] ** 2).sum()) / (2 * strength), gradient.ravel()

    from scipy.optimize import minimize  # slow to import, and coding does without it

    found = minimize(
        cost, np.zeros((width + 1) * size), jac=True, method="L-BFGS-B", options={"maxiter": iterations, "maxcor": 8}
    ).x.reshape(width + 1, size)
    return Head(tuple(classes), found[:-1].astype(np.float32), found[-1].astype(np.float32))


def best_temperature(logits: npt.NDArray[Any], allowed: Mask) -> float:
    """The temperature with the least log loss on logits that the head made without seeing their rows.

    `allowed` (rows × classes) marks the true class, or those it is known to be among.
    """

    def loss(log_temperature: float) -> float:
        inside = (softmax(logits / np.exp(log_temperature)) * allowed).sum(axis=1)
        return float(-np.log(np.maximum(inside, 1e-12)).mean())

    from scipy.optimize import minimize_scalar

    return float(np.exp(minimize_scalar(loss, bounds=(-2.0, 3.5), method="bounded").x))
