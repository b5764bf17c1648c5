"""A network that is cut between a process and PostgreSQL, and nobody says so: both ends notice within a minute.

As systems are delivered it takes hours, and all that time the server would hold the locks of a transaction that nobody
will end, and others would wait for them. Behind a pooler the server's end is a matter between the two.
"""

OUR_END = {"keepalives_idle": 20, "keepalives_interval": 5, "keepalives_count": 4, "tcp_user_timeout": 40_000}
"""libpq's names: seconds of silence before it asks, between questions, how many; milliseconds for an answer."""
ITS_END = "SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4"
