"""The token of a OneRoster service: by OAuth 2 client credentials (RFC 6749, 4.4) and renewed, or a static one."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.access import Access
from termpost.tasks.extract.oneroster.http import Connection, HttpAnswer

SECRET = ("oneroster-client-secret", "TERMPOST_ONEROSTER_CLIENT_SECRET")
STATIC = ("oneroster-token", "TERMPOST_ONEROSTER_TOKEN")
EARLY = 30  # seconds before it ends
USUAL = 3600  # seconds, where the server does not say
# what servers say to a secret in the wrong place, whatever RFC 6749 (5.2) wants
OTHER_WAY = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
NO_OAUTH_1 = "a consumer key and secret (OAuth 1.0a) are not spoken: ask for OAuth 2 client credentials"
NO_TOKEN_URL = f"set [source.oneroster] token_url, or put a static token into secrets/{STATIC[0]}; {NO_OAUTH_1}"


class ServiceToken(Protocol):
    """What is sent along with every request."""

    def value(self) -> str: ...
    def forget(self) -> bool:
        """The service does not take it; whether there may be another one."""
        ...


def token_of(line: Connection, access: Access, scope: str) -> ServiceToken:
    """By `token_url`, else the static one.

    Args:
        scope: asked for unless settings name another.

    Raises:
        InputError: `no-login`, or both are given.
    """
    static = access.secret(*STATIC)
    if static is None:
        return ClientToken(line, access, scope)
    if access.settings.oneroster.token_url:
        raise InputError("two-logins", "a token URL and a static token are given", "[source.oneroster]",
                         f"leave out token_url, or {STATIC[0]} and {STATIC[1]}")  # fmt: skip
    return StaticToken(static)


class StaticToken:
    """One that somebody was given and put into the home."""

    def __init__(self, value: str) -> None:
        if not _is_token(value):
            raise InputError("bad-secret", "the static token is no bearer token", f"secrets/{STATIC[0]}",
                             "put the token alone there, without the word Bearer")  # fmt: skip
        self._value = value

    def value(self) -> str:
        return self._value

    def forget(self) -> bool:
        return False


class ClientToken:
    """Holds one, and gets the next."""

    def __init__(self, line: Connection, access: Access, scope: str) -> None:
        self.line, self.access, self.settings = line, access, access.settings.oneroster
        url, client, secret = self.settings.token_url, self.settings.client_id, access.secret(*SECRET)
        for given, what, remedy in (
            (url, "no token URL is set", NO_TOKEN_URL),
            (client, "no client id is set", "set [source.oneroster] client_id"),
            (secret, "the client's secret is missing", f"put it into secrets/{SECRET[0]} (mode 600) or {SECRET[1]}"),
        ):  # fmt: skip
            if not given:
                raise InputError("no-login", what, "[source.oneroster]", remedy)
        self.url, self.client, self.secret = url or "", client or "", secret or ""
        self.scope = self.settings.scope or scope
        parts = urlsplit(self.url)
        self.shown = f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"
        self._value, self._until = "", 0.0
        # how this server wants to be asked, known once it has given a token
        self._in_body, self._with_scope, self._is_known = False, True, False

    def value(self) -> str:
        """One that is still good for a while."""
        if not self._value or self.access.elapsed() >= self._until:
            self._renew()
        return self._value

    def forget(self) -> bool:
        self._value = ""
        return True

    def _renew(self) -> None:
        answer = self._ask()
        if answer.status in OTHER_WAY and not self._is_known:
            answer = self._ask_otherwise(answer)
        if answer.status != HTTPStatus.OK:
            raise _refused(answer, self.shown)
        self._value, lasts = _token_in(answer, self.shown)
        self._until, self._is_known = self.access.elapsed() + lasts - EARLY, True

    def _ask_otherwise(self, answer: HttpAnswer) -> HttpAnswer:
        """The secret in the body in place of the header; without a scope that is not known there."""
        first = answer
        if _error_of(answer) != "invalid_scope":
            self._in_body = True
            answer = self._ask()
        if _error_of(answer) == "invalid_scope" and not self.settings.scope:
            self._with_scope = False
            answer = self._ask()
        return answer if answer.status == HTTPStatus.OK or answer.status in OTHER_WAY else first

    def _ask(self) -> HttpAnswer:
        form = {"grant_type": "client_credentials"}
        if self._with_scope:
            form["scope"] = self.scope
        sent: dict[str, Any] = {"auth": (quote(self.client, safe=""), quote(self.secret, safe=""))}
        if self._in_body:
            form, sent = {**form, "client_id": self.client, "client_secret": self.secret}, {}
        return self.line.ask("POST", self.url, self.shown, data=form, **sent)


def _refused(answer: HttpAnswer, shown: str) -> InputError:
    if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
        return InputError("token-refused", "the token server sends us elsewhere, where no secret goes", shown,
                          "set [source.oneroster] token_url to the address it moved to")  # fmt: skip
    if answer.status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
        return InputError("token-refused", f"no tokens are given here, HTTP {answer.status}", shown,
                          "check [source.oneroster] token_url")  # fmt: skip
    said = {"invalid_client": ", client id or secret unknown", "invalid_scope": ", scope unknown",
            "unauthorized_client": ", this client may not ask", "unsupported_grant_type": ", no client credentials",
            }.get(_error_of(answer), "")  # fmt: skip
    return InputError("token-refused", f"the token is refused, HTTP {answer.status}{said}", shown,
                      "check client_id, scope, token_url and the secret oneroster-client-secret")  # fmt: skip


def _error_of(answer: HttpAnswer) -> str:
    said = _json(answer)
    return str(said.get("error", ""))


def _json(answer: HttpAnswer) -> Mapping[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _token_in(answer: HttpAnswer, shown: str) -> tuple[str, int]:
    """The token, and for how many seconds it is good."""
    said = _json(answer)
    try:
        value, lasts = said.get("access_token"), int(said.get("expires_in") or USUAL)
    except (ValueError, TypeError, OverflowError):
        value, lasts = None, 0
    if not isinstance(value, str) or not _is_token(value):
        raise InputError("token-refused", "the answer holds no token", shown, "check token_url")
    return value, lasts


def _is_token(value: str) -> bool:
    return value.isascii() and value.isprintable() and bool(value.strip()) and " " not in value.strip()
