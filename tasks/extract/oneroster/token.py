"""The token of a OneRoster service: OAuth 2 client credentials (RFC 6749, 4.4), renewed before it ends."""

from http import HTTPStatus
from urllib.parse import quote, urlsplit

from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.access import Access
from termpost.tasks.extract.oneroster.http import Connection

SECRET = ("oneroster-client-secret", "TERMPOST_ONEROSTER_CLIENT_SECRET")
EARLY = 30  # seconds before it ends
USUAL = 3600  # seconds, where the server does not say


class Token:
    """Holds one, and gets the next."""

    def __init__(self, line: Connection, access: Access) -> None:
        self.line, self.access, self.settings = line, access, access.settings.oneroster
        url, client, secret = self.settings.token_url, self.settings.client_id, access.secret(*SECRET)
        for given, what, remedy in (
            (url, "no token URL is set", "set [source.oneroster] token_url"),
            (client, "no client id is set", "set [source.oneroster] client_id"),
            (secret, "the client's secret is missing", f"put it into secrets/{SECRET[0]} (mode 600) or {SECRET[1]}"),
        ):
            if not given:
                raise InputError("no-login", what, "[source.oneroster]", remedy)
        self.url, self.login = url or "", (quote(client or "", safe=""), quote(secret or "", safe=""))
        parts = urlsplit(self.url)
        self.shown = f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"
        self._value, self._until = "", 0.0

    def value(self) -> str:
        """One that is still good for a while."""
        if not self._value or self.access.elapsed() >= self._until:
            self._renew()
        return self._value

    def forget(self) -> None:
        """The service does not take it any more."""
        self._value = ""

    def _renew(self) -> None:
        form = {"grant_type": "client_credentials", "scope": self.settings.scope}
        answer = self.line.ask("POST", self.url, self.shown, data=form, auth=self.login)
        if answer.status != HTTPStatus.OK:
            raise InputError("token-refused", f"the token is refused, HTTP {answer.status}", self.shown,
                             "check client_id, scope, token_url and the secret oneroster-client-secret")  # fmt: skip
        try:
            said = answer.json()
            value, lasts = said["access_token"], int(said.get("expires_in", USUAL))
            good = isinstance(value, str) and value.isascii() and value.isprintable() and value.strip()
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            good = False
        if not good:
            raise InputError("token-refused", "the answer holds no token", self.shown, "check token_url")
        self._value, self._until = value, self.access.elapsed() + lasts - EARLY
