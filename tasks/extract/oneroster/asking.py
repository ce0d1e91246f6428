"""Asking for a page of a collection with a token, and what an answer means that is none."""

from http import HTTPStatus
from urllib.parse import urlsplit

from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.oneroster.http import Connection, HttpAnswer
from termpost.tasks.extract.oneroster.paging import BEHIND, FIRST, NotHereError
from termpost.tasks.extract.oneroster.token import NO_OAUTH_1, STATIC, ServiceToken, StaticToken
from termpost.tasks.extract.oneroster.versions import Collection
from termpost.tasks.extract.oneroster.walk import PageRequest

NOT_HAD = (HTTPStatus.NOT_FOUND, HTTPStatus.NOT_IMPLEMENTED)


class NotReadableError(InputError):
    """A list that is not there (404, 501), or not for this client (403)."""

    withheld = False


class ServiceAddress:
    """Asks with a token, and with another one where the first has ended."""

    def __init__(self, base: str, line: Connection, token: ServiceToken) -> None:
        self.base, self.line, self.token = base, line, token

    def shown(self, collection: Collection) -> str:
        return f"{self.base}/{collection.path}"

    def ask(self, collection: Collection, request: PageRequest, params: dict[str, str]) -> tuple[str, HttpAnswer]:
        """The address that was asked, and its page; or 404 or 501 where that is no fault.

        Raises:
            NotHereError: 404 or a web page in place of the first list.
            NotReadableError: any other list is not there, or not for this client.
            InputError: refused.
        """
        shown = self.shown(collection)
        answer = self._ask(shown, request, params)
        if answer.status == HTTPStatus.UNAUTHORIZED and self.token.forget():
            answer = self._ask(shown, request, params)
        behind = request != PageRequest()
        if answer.status == HTTPStatus.OK or (answer.status in BEHIND and behind):
            return request.link or shown, answer
        if answer.status in NOT_HAD and not collection.required:
            return shown, answer
        raise self._refused(answer, collection, shown)

    def _ask(self, url: str, request: PageRequest, params: dict[str, str]) -> HttpAnswer:
        headers = {"Authorization": f"Bearer {self.token.value()}"}
        if request.link:  # it has its own query
            return self.line.ask("GET", request.link, url, headers=headers)
        return self.line.ask("GET", url, url, params=params, headers=headers)

    def _refused(self, answer: HttpAnswer, collection: Collection, shown: str) -> InputError:
        status = answer.status
        if status == HTTPStatus.UNAUTHORIZED:
            return self._unauthorized(answer, shown)
        if status == HTTPStatus.FORBIDDEN:
            error = NotReadableError(
                "access-denied", f"this client may not read {collection.name}, HTTP 403", shown,
                "ask who runs the service for the scope; no report can be made without it",
            )  # fmt: skip
            error.withheld = True
            return error
        if status in NOT_HAD and collection.name == FIRST:
            return NotHereError(f"HTTP {status}", shown)
        if status in NOT_HAD:
            return NotReadableError(
                "wrong-address", f"the service has no {collection.name}, which a report needs", shown,
                "ask who runs it to switch that list on; without it no report can be made",
            )  # fmt: skip
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            host = urlsplit(answer.headers.get("Location", "")).hostname
            where = f"to {host}" if host and host != urlsplit(shown).hostname else "elsewhere"
            return InputError("wrong-address", f"the service sends us {where}, where no token goes", shown,
                              "give the address it moved to")  # fmt: skip
        return InputError("service-refused", f"the service refuses, HTTP {status}", shown, "ask who runs it")

    def _unauthorized(self, answer: HttpAnswer, shown: str) -> InputError:
        said = answer.headers.get("WWW-Authenticate", "").strip().lower()
        if said.startswith("oauth ") or said == "oauth" or b"oauth_" in answer.body:
            return InputError("oauth-1", "the service wants requests signed by OAuth 1.0a", shown, NO_OAUTH_1)
        if isinstance(self.token, StaticToken):
            return InputError("token-refused", "the service does not take the static token", shown,
                              f"it may have ended: put a new one into secrets/{STATIC[0]} or {STATIC[1]}")  # fmt: skip
        return InputError("token-refused", "the service does not take the token it was given", shown,
                          "check that token_url and the address belong together")  # fmt: skip
