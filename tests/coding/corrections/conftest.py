from tests.coding.double.conftest import Twice, twice
from tests.coding.review.conftest import bench

__all__ = ["Twice", "bench", "twice"]
