"""A session that only reads asks the same thing once in a transaction; one that writes asks every time."""

from pathlib import Path
from uuid import UUID

from sqlmodel import Session, col, select

from models.asked_once import MOST, asked_once
from models.columns import new_id
from models.database import Database
from models.migrations import upgrade
from models.organisation import Organisation

asked: list[UUID] = []


@asked_once
def name_of(session: Session, organisation_id: UUID) -> str | None:
    asked.append(organisation_id)
    return session.exec(select(Organisation.name).where(col(Organisation.id) == organisation_id)).first()


def test_a_page_asks_once_and_a_new_transaction_again(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'once.db'}")
    upgrade(database)
    here = Organisation(name="Before")
    with database.write() as session:
        session.add(here)
        session.flush()
        assert name_of(session, here.id) == "Before"
        here.name = "After"
        session.flush()
        assert name_of(session, here.id) == "After", "who writes sees what it wrote"
    asked.clear()
    with database.read() as session:
        assert name_of(session, here.id) == name_of(session, here.id) == "After"
        assert asked == [here.id]
        with database.write() as other:
            other.get_one(Organisation, here.id).name = "Later"
        session.rollback()
        assert name_of(session, here.id) == "Later", "another transaction sees what was written before it"
        nobody = new_id()
        assert name_of(session, nobody) is None
        assert name_of(session, nobody) is None
        assert asked == [here.id, here.id, nobody]
        for _ in range(2 * MOST):
            name_of(session, new_id())
        assert len(session.info["answers"]) <= MOST + 2
    database.close()
