"""A small OpenID Connect provider of the tests' own: a process, spoken to over HTTP, that can be told to misbehave.

`python provider.py` prints its port. `POST /tell` sets who is signed in there and what is wrong with the next tokens;
everything else is the protocol: discovery, authorization with PKCE, token, keys.
"""

import base64
import hashlib
import hmac
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLIENT, SECRET = "medthread", "a client's secret"


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Key:
    def __init__(self) -> None:
        self.id = secrets.token_hex(4)
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def jwk(self) -> dict[str, str]:
        numbers = self.private.public_key().public_numbers()
        n, e = (v.to_bytes((v.bit_length() + 7) // 8, "big") for v in (numbers.n, numbers.e))
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id, "n": b64(n), "e": b64(e)}

    def pem(self) -> bytes:
        return self.private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


class Provider(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"
        self.key, self.unpublished = Key(), Key()
        self.user: dict[str, Any] = {}
        self.wrong: str | None = None
        self.codes: dict[str, dict[str, str]] = {}

    def token(self, asked: dict[str, str]) -> str:
        now, wrong = int(time.time()), self.wrong
        said = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
            "auth_time": now if asked.get("max_age") == "0" and wrong != "stale" else now - 9999, **self.user,
        }
        said |= {
            "issuer": {"iss": "http://127.0.0.1:9/other"}, "audience": {"aud": "another"}, "expired": {"exp": now - 3600, "iat": now - 7200},
            "nonce": {"nonce": "another"}, "future": {"iat": now + 3600}, "azp": {"aud": [CLIENT, "another"], "azp": "another"}, "subject": {"sub": None},
        }.get(wrong or "", {})
        if wrong == "no expiry":
            del said["exp"]
        return self.signed(said)

    def signed(self, said: dict[str, Any]) -> str:
        key = self.unpublished if self.wrong == "key" else self.key
        algorithm = {"none": "none", "shared": "HS256"}.get(self.wrong or "", "RS256")
        head = {"alg": algorithm, "typ": "JWT", "kid": self.key.id if self.wrong == "signature" else key.id}
        body = f"{b64(json.dumps(head).encode())}.{b64(json.dumps(said).encode())}"
        if algorithm == "none":
            return f"{body}."
        if algorithm == "HS256":  # the classic: the public key taken for a shared secret
            return f"{body}.{b64(hmac.digest(key.pem(), body.encode(), 'sha256'))}"
        by = self.unpublished if self.wrong == "signature" else key
        return f"{body}.{b64(by.private.sign(body.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


class Answers(BaseHTTPRequestHandler):
    server: Provider

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        at = urlsplit(self.path)
        asked = {k: v[0] for k, v in parse_qs(at.query).items()}
        issuer, wrong = self.server.issuer, self.server.wrong
        if at.path == "/.well-known/openid-configuration":
            self.say({"issuer": issuer if wrong != "name" else "https://elsewhere.example", "authorization_endpoint": f"{issuer}/authorize",
                      "token_endpoint": f"{issuer}/token", "jwks_uri": f"{issuer}/keys"})
        elif at.path == "/keys":
            self.say({"keys": [self.server.key.jwk()]} if wrong != "keys" else {"keys": "none"})
        elif at.path == "/authorize":
            self.authorize(asked)
        else:
            self.say({}, 404)

    def authorize(self, asked: dict[str, str]) -> None:
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.server.codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.server.issuer}
        if self.server.wrong == "refused":
            back = {"error": "access_denied", "state": asked["state"]}
        if self.server.wrong == "mixed up":
            back["iss"] = "https://elsewhere.example"
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(back)}")
        self.end_headers()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/tell":
            told = json.loads(body)
            self.server.user, self.server.wrong = told.get("user", self.server.user), told.get("wrong")
            if told.get("rotate"):
                self.server.key = Key()
            self.say({})
            return
        form = {k: v[0] for k, v in parse_qs(body.decode()).items()}
        asked = self.server.codes.pop(form.get("code", ""), None)
        proven = asked is not None and b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest()) == asked["code_challenge"]
        known = form.get("client_id") == CLIENT and form.get("client_secret") == SECRET
        if asked is None or not proven or not known or form.get("redirect_uri") != asked["redirect_uri"]:
            self.say({"error": "invalid_grant"}, 400)
        elif self.server.wrong == "garbage":
            self.say(["not", "an", "object"])
        elif self.server.wrong == "no token":
            self.say({"access_token": "x"})
        else:
            self.say({"access_token": "x", "id_token": self.server.token(asked)})

    def say(self, body: Any, status: int = 200) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


if __name__ == "__main__":
    provider = Provider()
    sys.stdout.write(f"{provider.server_address[1]}\n")
    sys.stdout.flush()
    provider.serve_forever()
