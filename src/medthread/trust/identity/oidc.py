"""OpenID Connect Core 1.0: authorization code with PKCE (RFC 7636), nonce, issuer check (RFC 9207), keys that rotate."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

import jwt

from medthread.model.errors import ConfigurationError
from medthread.trust.identity.port import Begun, Claims, IdentityError, UnreachableError

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")  # never none, never shared secrets
LEEWAY_SECONDS = 60
TIMEOUT_SECONDS = 10
LONGEST_ANSWER = 1_000_000
KEYS_SECONDS = 3600
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass
class Kept:
    """What was read of the provider: its addresses and its keys, and when."""

    addresses: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, jwt.PyJWK] = field(default_factory=dict)
    at: float = 0.0


@dataclass(frozen=True, kw_only=True)
class OpenIdConnect:
    """A provider that speaks OpenID Connect."""

    issuer: str
    client_id: str
    secret: str | None
    scopes: tuple[str, ...]
    account_claim: str
    name_claim: str
    groups_claim: str
    kept: Kept = field(default_factory=Kept, compare=False)

    def begin(self, *, state: str, redirect_to: str, afresh: bool) -> Begun:
        """The address to sign in at, with a challenge whose answer only we know."""
        nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code", "client_id": self.client_id, "redirect_uri": redirect_to, "scope": " ".join(self.scopes),
            "state": state, "nonce": nonce, "code_challenge": challenge, "code_challenge_method": "S256",
        }
        if afresh:
            asked |= {"prompt": "login", "max_age": "0"}
        address = self._address("authorization_endpoint")
        return Begun(f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}", {"nonce": nonce, "verifier": verifier})

    def complete(self, *, answer: Mapping[str, str], kept: Mapping[str, str], redirect_to: str) -> Claims:
        """Exchange the code, and look at every claim of the token that comes for it."""
        if answer.get("error"):
            raise IdentityError(f"the provider refused: {answer['error'][:100]}", hint="sign in again, or ask who keeps the provider", reason="refused")
        if answer.get("iss", self.issuer) != self.issuer:
            raise IdentityError("the answer is another issuer's", hint="sign in again", reason="issuer")
        if not answer.get("code"):
            raise IdentityError("the answer brings no code", hint="sign in again", reason="code")
        form = {"grant_type": "authorization_code", "code": answer["code"], "redirect_uri": redirect_to, "client_id": self.client_id, "code_verifier": kept["verifier"]}
        if self.secret:
            form["client_secret"] = self.secret
        token = _ask(self._address("token_endpoint"), form).get("id_token")
        if not isinstance(token, str):
            raise IdentityError("the provider gave no identity token", hint="is the scope openid allowed to this client?", reason="token")
        return self._claims(self._checked(token, nonce=kept["nonce"]))

    def _claims(self, said: dict[str, Any]) -> Claims:
        groups = said.get(self.groups_claim, [])
        at = said.get("auth_time")
        return Claims(
            issuer=self.issuer, subject=str(said["sub"]), account=_text(said.get(self.account_claim)), printed_name=_text(said.get(self.name_claim)),
            groups=frozenset(g for g in (groups if isinstance(groups, list) else [groups]) if isinstance(g, str)),
            authenticated_at=at if isinstance(at, int) and not isinstance(at, bool) else None,
        )

    def _checked(self, token: str, *, nonce: str) -> dict[str, Any]:
        """The claims of an identity token (OpenID Connect Core, 3.1.3.7)."""
        try:
            head = jwt.get_unverified_header(token)
            algorithm = str(head.get("alg"))
            if algorithm not in ALGORITHMS:
                raise IdentityError(f"the identity token is signed by {algorithm[:20]}", hint="let the provider sign with RS256 or ES256", reason="algorithm")
            said: dict[str, Any] = jwt.decode(
                token, self._key(head.get("kid")), algorithms=[algorithm], audience=self.client_id, issuer=self.issuer, leeway=LEEWAY_SECONDS,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]})
        except jwt.PyJWTError as error:
            raise IdentityError(f"the identity token does not hold: {error}", hint="sign in again; are the clocks right?", reason="token") from error
        if not secrets.compare_digest(str(said.get("nonce", "")), nonce):
            raise IdentityError("the identity token answers another request", hint="sign in again", reason="nonce")
        several = isinstance(said["aud"], list) and len(said["aud"]) > 1
        if (several or "azp" in said) and said.get("azp") != self.client_id:
            raise IdentityError("the identity token was made for another client", hint="sign in again", reason="azp")
        return said

    def _key(self, kid: object) -> jwt.PyJWK:
        """The provider's key of that id; asked for again where we do not know it, for keys rotate."""
        fresh = time.monotonic() - self.kept.at < KEYS_SECONDS
        if not fresh or (kid is not None and kid not in self.kept.keys):
            self._read_keys()
        known = self.kept.keys
        found = known.get(str(kid)) if kid is not None else next(iter(known.values())) if len(known) == 1 else None
        if found is None:
            raise IdentityError("the identity token is signed by a key that the provider does not publish", hint="sign in again", reason="key")
        return found

    def _read_keys(self) -> None:
        address = self._address("jwks_uri")
        try:
            keys = jwt.PyJWKSet.from_dict(_ask(address)).keys
        except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise UnreachableError(f"{address} gives no keys", hint="ask who keeps the provider") from error
        self.kept.keys = {str(k.key_id): k for k in keys if k.public_key_use in (None, "sig")}
        self.kept.at = time.monotonic()

    def _address(self, name: str) -> str:
        if not self.kept.addresses:
            found = _ask(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
            if found.get("issuer") != self.issuer:
                raise UnreachableError(f"{self.issuer} calls itself {str(found.get('issuer'))[:200]}", hint="write the issuer exactly as the provider does")
            self.kept.addresses = found
        address = self.kept.addresses.get(name)
        if not isinstance(address, str) or not is_safe(address):
            raise UnreachableError(f"the provider names no safe {name}", hint="ask who keeps the provider")
        return address


def open_id_connect(name: str, section: Mapping[str, Any]) -> OpenIdConnect:
    """A provider from its section of `medthread.toml`."""
    where = f"[identity.{name}]"
    words = {"issuer": "", "client_id": "", "account_claim": "preferred_username", "name_claim": "name", "groups_claim": "groups"}
    texts = {n: section.get(n, default) for n, default in words.items()}
    for n, value in texts.items():
        if not isinstance(value, str) or not value:
            raise ConfigurationError(f"{where} {n} = {value!r}", hint="a text, as the provider gave it")
    if not is_safe(texts["issuer"]):
        raise ConfigurationError(f"{where} issuer = {texts['issuer']!r}", hint="an https:// address")
    scopes = section.get("scopes", ["openid", "profile"])
    if not isinstance(scopes, list) or "openid" not in scopes or not all(isinstance(s, str) for s in scopes):
        raise ConfigurationError(f"{where} scopes = {scopes!r}", hint='a list with "openid" in it')
    return OpenIdConnect(**texts, secret=_secret(where, section.get("client_secret_file")), scopes=tuple(scopes))


def _secret(where: str, path: object) -> str | None:
    if path is None:
        return None
    try:
        return Path(str(path)).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(f"{where} client_secret_file: {error.strerror}", hint="a file that holds nothing but the secret") from error


def is_safe(address: str) -> bool:
    """Whether an address is asked under TLS, or on this machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))


def _ask(address: str, form: dict[str, str] | None = None) -> dict[str, Any]:
    """A JSON object from the provider, by POST where a form is sent."""
    if not is_safe(address):
        raise UnreachableError(f"{address[:200]} is not asked under TLS", hint="ask who keeps the provider")
    body = urlencode(form).encode() if form is not None else None
    request = Request(address, data=body, headers={"Accept": "application/json"})  # noqa: S310 - https, or this machine: see above
    try:
        with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - as above
            found = json.loads(answer.read(LONGEST_ANSWER))
    except (URLError, HTTPException, OSError, ValueError) as error:
        if isinstance(error, URLError) and getattr(error, "code", None) in (400, 401) and form is not None:
            raise IdentityError("the provider does not take the code", hint="sign in again; was it used already?", reason="code") from error
        raise UnreachableError(f"{urlsplit(address).hostname} does not answer as it must: {error}", hint="is the provider up, and its address right?") from error
    if not isinstance(found, dict):
        raise UnreachableError(f"{urlsplit(address).hostname} answers with something else", hint="is the address right?")
    return found


def _text(value: object) -> str | None:
    return value.strip()[:200] or None if isinstance(value, str) else None
