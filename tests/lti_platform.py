"""A learning platform on this machine, by a library that is not ours (lti1p3platform): it begins logins, signs
launches, reads what was chosen for a course, gives tokens for signed assertions, and takes scores. Only the lists it
keeps, and the way of its forms, are written here.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from lti1p3platform.exceptions import LtiException
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.membership import Context
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract
from lti1p3platform.registration import Registration
from lti1p3platform.request import Request
from lti1p3platform.score import UpdateScoreStatus
from lti1p3platform.service_connector import AssignmentsGradesService, NamesRoleProvisioningService

CLIENT, DEPLOYMENT, COLUMN = "evoke-at-ferndale", "deployment-1", "7"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"


def key_pair() -> tuple[str, str]:
    """Private and public, as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


class _Conf(LTI1P3PlatformConfAbstract):
    def init_platform_config(self, **kwargs: Any) -> None:
        self._registration = kwargs["registration"]

    def get_registration_by_params(self, **kwargs: Any) -> Registration:
        assert self._registration is not None
        return self._registration


class _Login(OIDCLoginAbstract):
    def set_lti_message_hint(self, **kwargs: Any) -> None:
        self._lti_message_hint = "a hint of its own"

    def get_redirect(self, url: str) -> str:
        return url


class _Asked:
    """As the library looks at a request of any framework."""

    def __init__(self, get_data: dict[str, Any]) -> None:
        self.get_data, self.form_data = get_data, {}


class _Launch(LTIAdvantageMessageLaunchAbstract):
    def render_launch_form(self, launch_data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        return launch_data


class _HttpRequest(Request):
    def build_metadata(self, request: Any) -> Any:
        return request


class _Scores(AssignmentsGradesService):
    def __init__(self, platform: "FakePlatform", request: dict[str, Any]) -> None:
        super().__init__(_HttpRequest(request), platform.conf(), f"{platform.issuer}/lineitems", platform.column)
        self.platform = platform

    def update_score(self, line_item_id: str, score: Any) -> UpdateScoreStatus:
        assert line_item_id == COLUMN
        self.platform.scores.append(score)
        return UpdateScoreStatus.SUCCESS

    def find_lineitems(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    find_lineitem = create_lineitem = update_lineitem = delete_lineitem = get_results = find_lineitems


class _Names(NamesRoleProvisioningService):
    def __init__(self, platform: "FakePlatform", request: dict[str, Any]) -> None:
        super().__init__(_HttpRequest(request), platform.conf(), f"{platform.issuer}/members")
        self.platform = platform

    def get_member_data_page(self, *args: Any, **kwargs: Any) -> Any:
        return {"content": [dict(one) for one in self.platform.members], "has_next": False, "next": None}

    def get_context_by_id(self) -> Context:
        return Context("course-1", "MI", "Motivational Interviewing")


@dataclass
class FakePlatform:
    tool_site: str = "http://evoke.test"
    tool_keys: dict[str, Any] = field(default_factory=dict)
    issuer: str = ""
    login_path: str = "/lti/login"
    pair: tuple[str, str] = field(default_factory=key_pair)
    scores: list[dict[str, Any]] = field(default_factory=list)
    members: list[dict[str, Any]] = field(default_factory=list)
    down: int = 0
    scores_say: int = 0
    tokens: int = 0
    tool: dict[str, Any] | None = None
    pages: dict[str, Callable[[dict[str, str]], str]] = field(default_factory=dict)

    @property
    def column(self) -> str:
        return f"{self.issuer}/lineitems/{COLUMN}"

    def registration(self) -> Registration:
        made = Registration()
        made.set_iss(self.issuer).set_client_id(CLIENT).set_deployment_id(DEPLOYMENT)
        made.set_launch_url(f"{self.tool_site}/lti/launch").set_oidc_login_url(f"{self.tool_site}{self.login_path}")
        made.set_deeplink_launch_url(f"{self.tool_site}/lti/launch")
        made.set_platform_private_key(self.pair[0]).set_platform_public_key(self.pair[1])
        made.set_tool_key_set(self.tool_keys)  # type: ignore[arg-type]
        return made

    def conf(self) -> _Conf:
        return _Conf(registration=self.registration())

    def login_address(self, user: str = "user-1") -> str:
        login = _Login(None, self.conf())
        login.set_lti_message_hint()
        return str(login.initiate_login(user))

    def launch(
        self, asked: dict[str, str], *, user: str = "user-1", roles: tuple[str, ...] = (LEARNER,), name: str = "",
        email: str = "", target: str = "", column: bool = False, choose: dict[str, Any] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> dict[str, str]:  # fmt: skip
        """The form that goes to the tool. `asked` is what the tool sent the browser with; `extra` claims overwrite."""
        message = _Launch(_Asked(asked), self.conf())  # type: ignore[arg-type]
        message.set_user_data(user, list(roles), full_name=name, email_address=email)
        message.set_resource_link_claim("link-1", title="An activity")
        message.set_launch_context_claim("course-1", context_title="Motivational Interviewing")
        message.set_launch_presentation_claim("iframe", f"{self.issuer}/course/1")
        if target:
            message.set_custom_parameters_claim({"evoke_open": target})
        if column:
            message.set_ags(f"{self.issuer}/lineitems", self.column)
        message.set_nrps(f"{self.issuer}/members")
        if choose is not None:
            message.set_dl(f"{self.issuer}/chosen", extra_data=choose or None)
        message.set_extra_claims(extra or {})
        made = message.lti_launch()
        return {"state": made["state"], "id_token": made["id_token"]}

    def chosen(self, jwt: str) -> list[dict[str, Any]]:
        """What the library reads of the tool's answer, once it found its signature good."""
        return list(self.conf().validate_deeplinking_resp({"JWT": jwt}))


@contextmanager
def fake_platform() -> Iterator[FakePlatform]:
    platform = FakePlatform()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def _answer(self, status: int, said: Any) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _request(self, data: Any) -> dict[str, Any]:
            return {
                "method": self.command, "form_data": {}, "get_data": {}, "headers": dict(self.headers), "json": data,
                "content_type": self.headers.get("content-type"), "path": self.path,
            } | {"headers": {name.title(): value for name, value in self.headers.items()}}  # fmt: skip

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path in platform.pages:
                asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                body = platform.pages[path](asked).encode()
                self.send_response(200)
                self.send_header("content-type", "text/html; charset=utf-8")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            elif path == "/keys":
                conf = platform.conf()
                self._answer(200, conf.get_jwks())
            elif path == "/description":
                here = platform.issuer
                self._answer(
                    200,
                    {
                        "issuer": here, "authorization_endpoint": f"{here}/authorize",
                        "token_endpoint": f"{here}/token", "jwks_uri": f"{here}/keys",
                        "registration_endpoint": f"{here}/register",
                        "https://purl.imsglobal.org/spec/lti-platform-configuration": {"product_family_code": "moodle"},
                    },
                )  # fmt: skip
            elif path == "/members":
                service = _Names(platform, self._request(None))
                said = service.handle_resp(service.handle_get_members)
                self._answer(said.code, said.result)
            else:
                self._answer(404, {})

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["content-length"])).decode()
            path = urlsplit(self.path).path
            if platform.down:
                platform.down -= 1
                self._answer(503, {})
            elif path == "/register":
                if self.headers.get("authorization") != "Bearer let me in":
                    self._answer(401, {})
                    return
                platform.tool = json.loads(sent)
                own = "https://purl.imsglobal.org/spec/lti-tool-configuration"
                assert platform.tool is not None
                tool = platform.tool[own] | {"deployment_id": DEPLOYMENT}
                self._answer(200, platform.tool | {"client_id": CLIENT, own: tool})
            elif path == "/token":
                form = {name: values[0] for name, values in parse_qs(sent).items()}
                try:
                    given = platform.conf().get_access_token(form)
                except (LtiException, Exception) as error:
                    self._answer(400, {"error": type(error).__name__})
                    return
                platform.tokens += 1
                self._answer(200, given)
            elif path == f"/lineitems/{COLUMN}/scores" and platform.scores_say:
                self._answer(platform.scores_say, {})
            elif path == f"/lineitems/{COLUMN}/scores":
                service = _Scores(platform, self._request(json.loads(sent)))
                said = service.handle_resp(service.handle_update_score, line_item_id=COLUMN)
                self._answer(said.code, said.result)
            else:
                self._answer(404, {})

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    platform.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield platform
    server.shutdown()
    server.server_close()
    thread.join(5)
