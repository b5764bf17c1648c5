"""The figures of agreement once more, by loops from their definitions, on tables made by chance. NaN is undefined."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import permutations, product
from math import nan

import numpy as np

TABLES = 200
Row = list[float | None]


def random_tables(seed: int, *, whole: bool = True) -> Iterator[list[Row]]:
    """Items by raters: few values and so ties, gaps in most, now and then a constant column or one value alone."""
    draw = np.random.default_rng(seed)
    for number in range(TABLES):
        items, raters, values = int(draw.integers(1, 30)), int(draw.integers(2, 6)), int(draw.integers(1, 7))
        truth = draw.integers(1, values + 1, size=(items, 1))
        given = np.where(draw.random((items, raters)) < 0.6, truth, draw.integers(1, values + 1, size=(items, raters)))
        table = given.astype(float) if whole else given + draw.normal(size=given.shape).round(1)
        if number % 5 == 0:
            table[:, draw.integers(raters)] = table[0, 0]
        gone = draw.random(table.shape) < draw.choice([0, 0.1, 0.4])
        yield [
            [None if lost else value for value, lost in zip(row, there, strict=True)]
            for row, there in zip(table.tolist(), gone.tolist(), strict=True)
        ]


def icc(table: Sequence[Sequence[float | None]]) -> float:
    """Two-way analysis of variance with each sum of squares taken cell by cell (Shrout & Fleiss 1979, table 4)."""
    rows = [[float(one) for one in row if one is not None] for row in table if None not in row]
    n, k = len(rows), len(table[0])
    if n < 2:
        return nan
    grand = sum(map(sum, rows)) / (n * k)
    of_row = [sum(row) / k for row in rows]
    of_column = [sum(row[j] for row in rows) / n for j in range(k)]
    cells = list(product(range(n), range(k)))
    bms = sum((of_row[i] - grand) ** 2 for i, _ in cells) / (n - 1)
    jms = sum((of_column[j] - grand) ** 2 for _, j in cells) / (k - 1)
    ems = sum((rows[i][j] - of_row[i] - of_column[j] + grand) ** 2 for i, j in cells) / ((n - 1) * (k - 1))
    below = bms + (k - 1) * ems + k * (jms - ems) / n
    return (bms - ems) / below if below > 1e-12 else nan


def alpha(units: Sequence[Sequence[float | None]], scale: str) -> float:
    """By the matrix of coincidences (Krippendorff 2011), pair by pair."""
    coincidences: Counter[tuple[float, float]] = Counter()
    for unit in units:
        given = [one for one in unit if one is not None]
        for one, other in permutations(given, 2):
            coincidences[one, other] += 1 / (len(given) - 1)
    margins: Counter[float] = Counter()
    for (one, _), count in coincidences.items():
        margins[one] += count
    values = sorted(margins)
    if len(values) < 2:
        return nan

    def apart(one: float, other: float) -> float:
        if scale == "nominal":
            return float(one != other)
        if scale == "interval":
            return (one - other) ** 2
        low, high = sorted((one, other))
        between = sum(margins[value] for value in values if low <= value <= high)
        return (between - (margins[one] + margins[other]) / 2) ** 2

    observed = sum(count * apart(*pair) for pair, count in coincidences.items())
    expected = sum(margins[one] * margins[other] * apart(one, other) for one in values for other in values)
    return 1 - (margins.total() - 1) * observed / expected


def kappa(pairs: Sequence[tuple[float, float]], weights: str) -> float:
    """From shares of pairs, with the largest distance scaled to one (Cohen 1968)."""
    values = sorted({one for pair in pairs for one in pair})
    if len(values) < 2:
        return nan
    steps = len(values) - 1

    def apart(one: float, other: float) -> float:
        between = abs(values.index(one) - values.index(other)) / steps
        return {"none": float(one != other), "linear": between, "quadratic": between**2}[weights]

    n = len(pairs)
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    observed = sum(apart(*pair) for pair in pairs) / n
    expected = sum(first[i] / n * second[j] / n * apart(i, j) for i in values for j in values)
    return 1 - observed / expected if expected else nan


def concordance(pairs: Sequence[tuple[float, float]]) -> float:
    """Lin's 1989 coefficient, which kappa with squared weights equals."""
    x, y = np.array(pairs, dtype=float).T
    below = x.var() + y.var() + (x.mean() - y.mean()) ** 2
    return float(2 * ((x - x.mean()) * (y - y.mean())).mean() / below) if below else nan
