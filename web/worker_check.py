"""`evoke worker --check NAME`: for a supervisor that wants to know whether a worker still does something."""

from models.columns import utc_now
from models.database import Database
from models.settings import get_settings
from models.worker_beat import WorkerBeat, is_alive


def check_worker(name: str) -> int:
    """0 where it said within the last minute that it lives."""
    database, now = Database.of(get_settings()), utc_now()
    with database.read() as session:
        found = session.get(WorkerBeat, name)
    database.close()
    if found is None:
        print(f"No worker {name} has said that it lives. Is it started, with this name and these settings?")
        return 1
    seconds = (now - found.seen_at).total_seconds()
    if not is_alive(found, now=now):
        print(f"The worker {name} fell silent {seconds:.0f} seconds ago.")
        return 1
    print(f"The worker {name} lives: it said so {max(0.0, seconds):.0f} seconds ago.")
    return 0
