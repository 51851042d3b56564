"""An identity provider on this machine, as strict as real ones: code flow, PKCE, RS256."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "samma-dag"
SECRET = "what the provider and we know"


@dataclass
class Grant:
    """What a code stands for."""

    nonce: str
    challenge: str
    redirect_uri: str


@dataclass
class OidcProvider:
    """Answers on 127.0.0.1 until `close`.

    Attributes:
        now: The instant, in seconds since 1970, at which tokens are written.
        claims: Stand in each token, over the usual ones; None takes a claim away.
        key: Signs tokens.
        published: The keys that it shows to the world.
        discovery: Stands in the description of itself, over the usual.
        fails: Paths that answer 500.
        asked: Paths, in the order in which they were asked for.
    """

    now: int
    key: RSAKey
    claims: dict[str, Any] = field(default_factory=dict)
    published: list[RSAKey] = field(default_factory=list)
    discovery: dict[str, Any] = field(default_factory=dict)
    fails: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    grants: dict[str, Grant] = field(default_factory=dict)
    algorithm: str = "RS256"

    def __post_init__(self) -> None:
        self.published = self.published or [self.key]
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def sign_in(self, address: str) -> dict[str, str]:
        """Let a person sign in who was sent to an address; return what the browser brings back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(12)
        self.grants[code] = Grant(asked["nonce"], asked["code_challenge"], asked["redirect_uri"])
        return {"code": code, "state": asked["state"]}

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, object]:
        """Return status and content for a request."""
        self.asked.append(path)
        if path in self.fails:
            return 500, {}
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                **self.discovery,
            }
        if path == "/keys":
            return 200, {"keys": [key.as_dict(private=False) for key in self.published]}
        if path == "/token":
            return self._token(form)
        return 404, {}

    def _token(self, form: dict[str, str]) -> tuple[int, object]:
        grant = self.grants.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            grant is None
            or challenge != grant.challenge
            or form.get("redirect_uri") != grant.redirect_uri
            or (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET)
        ):
            return 400, {"error": "invalid_grant"}
        usual = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "1",
            "iat": self.now,
            "exp": self.now + 3600,
            "nonce": grant.nonce,
            "preferred_username": "Agneta.Brandt@exempelstad.example",
        }
        claims = {name: v for name, v in {**usual, **self.claims}.items() if v is not None}
        header = {"alg": self.algorithm, "kid": self.key.kid}
        token = jwt.encode(header, claims, self.key, algorithms=[self.algorithm])
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": token}


def _handler(provider: OidcProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer({name: values[0] for name, values in parse_qs(body).items()})

        def _answer(self, form: dict[str, str]) -> None:
            status, content = provider.answer(urlsplit(self.path).path, form)
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def make_key(name: str) -> RSAKey:
    """Return a new key pair."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})
