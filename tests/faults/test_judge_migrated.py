"""A database of an older version comes to this one as it was, and the judge of a killed migration sees where it did
not."""

from alembic import command
from sqlalchemy import text

from api.house import House
from benchmarks.faults.judge_migrated import judge_migrated, remember
from benchmarks.faults.older_version import OLDER, PHRASE, Size, fill_older
from models.migrations import alembic_config, upgrade

SMALL = Size(people=4, sessions=6, turns=2, jobs=6)
HURT = (
    ("DELETE FROM code WHERE utterance_id = 1", "code: 1 of 24 rows are not there"),
    ("UPDATE score SET value = 1.75", "score: 12 of 12 rows are not as they were"),
    ("DELETE FROM agreement", "agreement: 0 are as they should be"),
    (
        "UPDATE session_key SET wrapped = NULL, organisation_key_id = NULL, shredded_at = CURRENT_TIMESTAMP",
        "cannot be opened",
    ),
    (f"UPDATE team SET name = '{PHRASE}'", "still in the clear"),
    ("DROP INDEX ix_audit_subject", "the tables are not as the models say"),
    ("CREATE TABLE half_done (id INTEGER)", "tables are left over: ['half_done']"),
    ("UPDATE alembic_version SET version_num = '0050'", "the version is ['0050']"),
)
"""What is done to a database after its migration, one after another, and what is said of it then."""


def test_an_older_version_comes_to_this_one_as_it_was_and_what_is_not_is_said(house: House) -> None:
    command.downgrade(alembic_config(house.database), OLDER)
    fill_older(house.database, SMALL)
    before = remember(house.database)
    upgrade(house.database)
    assert judge_migrated(house.settings, house.database, before) == []
    for done, said in HURT:
        with house.database.write_engine.begin() as connection:
            connection.execute(text(done))
        wrong = judge_migrated(house.settings, house.database, before)
        assert any(said in one for one in wrong), (done, wrong)
