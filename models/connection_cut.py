"""A network that is cut between a worker and PostgreSQL, and nobody says so: both ends notice within a minute.

As systems are delivered it takes hours, and all that time the server would hold the locks of a transaction that nobody
will end, and others would wait for them.
"""

from typing import Any

from sqlalchemy import Engine, event

OUR_END = {"keepalives_idle": 20, "keepalives_interval": 5, "keepalives_count": 4, "tcp_user_timeout": 40_000}
"""libpq's names: seconds of silence before it asks, between questions, how many; milliseconds for an answer."""
ITS_END = "SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4"


def notice_cuts(engine: Engine, *, pooled: bool) -> None:
    """On connections that are made from now on. Behind a pooler the server's end is a matter between the two."""

    @event.listens_for(engine, "do_connect")
    def _ours(_dialect: Any, _record: Any, _arguments: Any, words: dict[str, Any]) -> None:
        words.update(OUR_END)

    if pooled:
        return

    @event.listens_for(engine, "connect")
    def _its(connection: Any, _record: Any) -> None:
        autocommit, connection.autocommit = connection.autocommit, True
        connection.execute(ITS_END, prepare=False)
        connection.autocommit = autocommit
