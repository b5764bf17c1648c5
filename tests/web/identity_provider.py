"""An identity provider on this machine, with keys of its own, that says what a test has it say."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET, TENANT = "evoke-client", "a client secret of the provider", "ferndale-tenant"


@dataclass
class FakeProvider:
    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, auto_kid=True))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    signed_with: Any = None
    refused: list[str] = field(default_factory=list)

    def sign_in_at(self, address: str) -> tuple[str, str]:
        """As its own page would, once the person proved who they are: the code and the state that come back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["client_id"] == CLIENT
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return code, asked["state"]

    def trade(self, form: dict[str, str], authorization: str) -> dict[str, Any]:
        asked = self.codes.pop(form.get("code", ""), None)
        fits = asked and create_s256_code_challenge(form.get("code_verifier", "")) == asked["code_challenge"]
        if not fits or not authorization.startswith("Basic ") or form.get("redirect_uri") != asked["redirect_uri"]:
            self.refused.append(form.get("code", ""))
            return {"error": "invalid_grant"}
        now = int(__import__("time").time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "subject-1", "tid": TENANT, "iat": now, "exp": now + 300,
            "nonce": asked["nonce"], "email": "olu.owner@example.org",
        }  # fmt: skip
        claims |= self.claims
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.token(claims)}

    def token(self, claims: dict[str, Any]) -> str:
        if self.algorithm == "none":
            return jwt.encode({"alg": "none"}, claims, OctKey.import_key("x" * 32), algorithms=["none"])
        key = self.signed_with or self.key
        header = {"alg": self.algorithm, "kid": getattr(key, "kid", None) or self.key.kid}
        return jwt.encode(header, claims, key, algorithms=[self.algorithm])


@contextmanager
def fake_provider() -> Iterator[FakeProvider]:
    provider = FakeProvider()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def _answer(self, said: dict[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(400 if "error" in said else 200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            if self.path == "/keys":
                self._answer({"keys": [provider.key.as_dict(private=False)]})
                return
            here = provider.issuer
            self._answer(
                {
                    "issuer": here, "authorization_endpoint": f"{here}/authorize", "token_endpoint": f"{here}/token",
                    "jwks_uri": f"{here}/keys",
                }
            )  # fmt: skip

        def do_POST(self) -> None:
            sent = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
            form = {name: values[0] for name, values in sent.items()}
            self._answer(provider.trade(form, self.headers.get("authorization", "")))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    server.server_close()
    thread.join(5)
