"""What every request stands on, made once when the application starts."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from api.lti.platform_keys import PlatformKeys
from api.progress_stream import ProgressWatch
from api.rate_limits import RateLimits, buckets_of
from coding.coder.desk import CodingDesk
from models.database import Database
from models.identity_provider import Providers
from models.settings import Settings
from models.storage import Storage
from training.live.coder import LiveCoder


@dataclass(frozen=True)
class House:
    settings: Settings
    database: Database
    storage: Storage
    limits: RateLimits
    providers: Providers
    platform_keys: PlatformKeys
    desk: CodingDesk
    live: LiveCoder
    watching: ProgressWatch

    @classmethod
    def of(cls, settings: Settings) -> "House":
        database, desk = Database.of(settings), CodingDesk(settings)
        return cls(
            settings,
            database,
            Storage(settings),
            RateLimits(settings, buckets_of(database, websites=settings.websites)),
            Providers(),
            PlatformKeys(settings),
            desk,
            LiveCoder(database, desk),
            ProgressWatch(database, settings),
        )


async def _house(request: Request) -> House:
    """Asynchronous, as it waits for nothing: a turn in a thread would cost more than it does."""
    return cast(House, request.app.state.house)


TheHouse = Annotated[House, Depends(_house)]
