"""Files that no row names: what is left when a process dies in the middle of an upload."""

import time

from sqlmodel import select

from models.database import Database
from models.practice import Recording
from models.settings import Settings
from models.storage import Storage


def sweep_files(database: Database, storage: Storage, settings: Settings, *, older_than_hours: float = 24) -> int:
    """Deletes sealed files without a recording, staging files too, once no upload can still be writing them."""
    before = time.time() - older_than_hours * 3600
    with database.read() as session:
        known = set(session.exec(select(Recording.storage_key)).all())
    removed = 0
    root = settings.data_dir / "files"
    for path in [p for p in root.rglob("*") if p.is_file() and p.stat().st_mtime < before]:
        if str(path.relative_to(root)) not in known:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
