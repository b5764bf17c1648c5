"""A launch from a course (LTI 1.3) as a browser goes through it, and whether it got where it was to. Knows nothing of
locust: `answer` is one of requests, or of httpx."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.lti_platform import FakePlatform

PAGE_OF_ITS_OWN = {"sec-fetch-dest": "document", "sec-fetch-site": "cross-site"}
"""As a browser says of a form that leads from another site to a page of its own."""
SIGN_IN = "evoke_sign_in"


class NotOpened(Exception):
    """Says at which step."""


@dataclass(frozen=True)
class Launch:
    """`user` is who they are to the platform; `target` what the course opens."""

    platform: FakePlatform
    user: str
    name: str
    email: str
    target: str

    def login(self) -> tuple[str, dict[str, str]]:
        """The path, and the form, with which the platform sends somebody."""
        parts = urlsplit(self.platform.login_address(self.user))
        return parts.path, dict(parse_qsl(parts.query))

    def signed(self, asked: dict[str, str]) -> dict[str, str]:
        """The platform's form, once it was asked who this is."""
        return self.platform.launch(
            asked, user=self.user, name=self.name, email=self.email, target=self.target, column=True
        )

    def asked_by(self, answer: Any) -> dict[str, str]:
        """What Evoke asks the platform, to which it sent the browser. Raises NotOpened."""
        address = answer.headers.get("location", "")
        if answer.status_code != 303 or not address.startswith(f"{self.platform.issuer}/authorize?"):
            raise NotOpened(f"the login was not begun: {answer.status_code}")
        return dict(parse_qsl(urlsplit(address).query))


def opened_by(answer: Any) -> str:
    """The path of the page for which the launch signed somebody in. Raises NotOpened."""
    path = answer.headers.get("location", "")
    if answer.status_code != 303 or SIGN_IN not in answer.cookies or not path.startswith("/"):
        raise NotOpened(f"the launch opened nothing: {answer.status_code}")
    return str(path)
