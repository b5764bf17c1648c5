"""Whether a process has the master key that its database was sealed under."""

from sqlmodel import select

from models.cipher import KeyDoesNotFit
from models.database import Database
from models.keys import OrganisationKey
from models.master_key import MasterKeys, MasterKeyUnusable


def check_master_key(database: Database, masters: MasterKeys) -> None:
    """A new key beside an old database would take uploads that nobody could ever match with the old ones. Raises
    MasterKeyUnusable."""
    with database.read() as session:
        for key in session.exec(select(OrganisationKey)):
            try:
                masters.unwrap(key.wrapped, key.organisation_id.bytes)
            except KeyDoesNotFit as error:
                raise MasterKeyUnusable(
                    "The master key is not the one that this database's recordings were sealed with. Put the old "
                    "master.key back into the data folder, or set EVOKE_MASTER_KEY to the old key. Machines that work "
                    "together need the same."
                ) from error
