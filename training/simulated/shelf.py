"""The scenarios that are here, read from their files once."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from training.simulated.format import Scenario

SHIPPED = Path(__file__).parents[1] / "content" / "scenarios"


class ScenarioUnreadable(Exception):
    """Says which file and what to change in it."""


def read_scenario(path: Path) -> Scenario:
    """Raises ScenarioUnreadable."""
    try:
        return Scenario.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ScenarioUnreadable(f"{path.name}: {error}") from error
    except ValidationError as error:
        places = "\n".join(
            f"  {'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors(include_url=False)
        )
        raise ScenarioUnreadable(f"{path.name} is not a scenario yet:\n{places}") from error


@cache
def scenarios() -> dict[str, Scenario]:
    """By slug, the easiest first, then by title."""
    found = {path.stem: read_scenario(path) for path in sorted(SHIPPED.glob("*.yaml"))}
    return dict(sorted(found.items(), key=lambda item: (item[1].level, item[1].title)))
