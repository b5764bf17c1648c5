"""How much comes: from the environment, for the measurement and for locust alike."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from models.settings import Settings

SHARES = {"trainee": 60, "coach": 20, "lead": 8, "administrator": 4, "course": 4, "program": 4}
"""Of a hundred. The last two come from a learning platform: somebody whom a course sends, and a program."""


@dataclass(frozen=True)
class Load:
    """`think`: seconds that somebody looks at a page, in the mean."""

    users: int = 300
    seconds: int = 3600
    sessions: int = 2000
    think: float = 5.0

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Load":
        """Raises ValueError."""
        usual = cls()
        found = cls(
            int(environment.get("EVOKE_LOAD_USERS", usual.users)),
            int(environment.get("EVOKE_LOAD_SECONDS", usual.seconds)),
            int(environment.get("EVOKE_LOAD_SESSIONS", usual.sessions)),
            float(environment.get("EVOKE_LOAD_THINK", usual.think)),
        )
        if not 0 < found.think < 3600:
            raise ValueError("EVOKE_LOAD_THINK: seconds between two pages, more than none")
        return found

    @property
    def name(self) -> str:
        name = f"{self.users} people, {self.sessions:,} sessions, {self.seconds / 60:g} min"
        return name if self.think == Load.think else f"{name}, {self.think:g} s of thinking"

    @property
    def requests_per_minute(self) -> int:
        """What one person may ask. Where people think for less than usual, what they would ask in an hour comes in less
        time: so what they may ask in an hour does too."""
        usual: int = Settings.model_fields["requests_per_minute"].default
        return round(usual * max(1.0, Load.think / self.think))

    def count(self, role: str) -> int:
        return max(1, round(self.users * SHARES[role] / 100))


LOAD = Load.of(os.environ)
