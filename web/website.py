"""The website's own process: the application and its server, and nothing that they do not need."""

import sys

import uvicorn

from models.settings import get_settings
from web.parent import end_with_parent


def run_web(*, parent: int | None) -> None:
    end_with_parent(parent)
    settings = get_settings()
    uvicorn.run(
        "web.app:create_app", factory=True, host=settings.host, port=settings.port, log_level="warning",
        access_log=False, timeout_graceful_shutdown=5, server_header=False, loop="asyncio", ws="none",
        forwarded_allow_ips=settings.trusted_proxies,
    )  # fmt: skip


if __name__ == "__main__":
    run_web(parent=int(sys.argv[sys.argv.index("--parent") + 1]))
