"""The portal: it shows locked pages and doors, and lays receipts and messages into the inbox. It holds no secret and
opens nothing.

So whoever breaks into its machine finds pages that nobody can open, and references that mean nothing without the home.
"""

import logging
import re
from collections.abc import Mapping
from types import MappingProxyType

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from termpost.schemas.base.clock import Clock
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.documents.receipt import LONGEST, REF, sealed_place
from termpost.schemas.settings.settings import Settings
from termpost.tasks.channels.portal.door.door_page import door_page
from termpost.tasks.channels.portal.door.door_routes import door_routes
from termpost.tasks.channels.portal.serving.store_calls import StoreCalls
from termpost.tasks.channels.portal.status_pages import absent
from termpost.tasks.channels.portal.take_receipt import take_receipt
from termpost.tasks.channels.portal.verification import FROM_ANYWHERE, AnswerPace, later, verification_routes
from termpost.tasks.store.interface import Store

LOGGER = logging.getLogger("termpost.portal")
NAME = re.compile(REF)
PLACE = re.compile(r"\b(sealed|door|slots|inbox|verify)/[^\s,;:()'\"]*")  # as a store quotes it: a link
# what is no receipt may go on for ever: the line is closed rather than read to its end
CLOSE = {"connection": "close"}
SAFE = {
    "cache-control": "no-store",
    "content-security-policy": "frame-ancestors 'none'",  # a page cannot say so of itself; the rest it does
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000",  # browsers heed it over https only
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow, noarchive",
}


def portal(
    settings: Settings, store: Store, clock: Clock, path: str = "", pace: AnswerPace | None = None,
    hours: Mapping[str, str] = MappingProxyType({}),
) -> Starlette:  # fmt: skip
    """The portal of a store as an ASGI application.

    `GET <path>/` is the household's page, which asks for `GET <path>/door/<locator>` and posts to `<path>/messages`
    (portal/door/door_routes.py); `GET <path>/<recipient>/<page>` answers with the locked page, else 404;
    `POST <path>/receipts` takes a receipt (documents/receipt.py) and answers 204, or 404 where no page that lies there
    signed it. 503 where the store is away. `GET <path>/verify/<number>` says whether the report with that number counts
    (portal/verification.py).

    Args:
        path: of `[channels.portal] base_url`, under which everything lies.
        pace: of answers to numbers that do not count; the usual one where none is given. Doors have one of their own.
        hours: language → when the office answers, as page and door say it.
    """
    nothing, last = HTMLResponse(absent(settings), 404), HTMLResponse(absent(settings), 404, CLOSE)
    calls, entrance = StoreCalls(), HTMLResponse(door_page(settings, hours))

    async def show(request: Request) -> Response:
        names = request.path_params
        known = all(NAME.fullmatch(name) for name in names.values())
        page = await calls(_page, store, sealed_place(names["recipient"], names["page"])) if known else None
        return nothing if page is None else HTMLResponse(page, headers=FROM_ANYWHERE)

    async def enter(_request: Request) -> Response:
        return entrance

    async def take(request: Request) -> Response:
        taken = await calls(take_receipt, store, clock, await _body(request))
        return Response(status_code=204) if taken else Response(status_code=404, headers=CLOSE)

    async def missing(request: Request, _error: Exception) -> Response:
        return nothing if request.method in {"GET", "HEAD"} else last

    async def gone(_request: Request, _error: Exception) -> Response:
        return last  # which nobody reads

    async def refused(request: Request, error: Exception) -> Response:
        LOGGER.error("%s", _without_link(error))
        # an S3 says so too of an object that is not there, to who may not list
        denied = isinstance(error, InputError) and error.code == "access-denied"
        return nothing if denied and request.method != "POST" else later()

    routes = [
        *(verification_routes(settings, store, path, pace) if settings.channels.portal else []),
        *(Route(own, enter, methods=["GET"]) for own in {f"{path}/", path or "/"}),
        Route(f"{path}/receipts", take, methods=["POST"]),
        *door_routes(store, clock, path, pace),
        Route(f"{path}/{{recipient}}/{{page}}", show, methods=["GET"]),
    ]
    made = Starlette(
        routes=routes,
        middleware=[Middleware(_Safe), Middleware(_OneLength)],
        exception_handlers={
            404: missing,
            405: missing,
            InputError: refused,
            RetryableError: refused,
            OSError: refused,
            ClientDisconnect: gone,
        },
    )
    made.router.redirect_slashes = False  # behind another server it would redirect to plain http
    return made


def _without_link(error: Exception) -> str:
    """What a fault says, for whoever runs the portal: a link is a key to a locked page."""
    if isinstance(error, OSError):
        return f"[Errno {error.errno}] {error.strerror or type(error).__name__}"
    return PLACE.sub(r"\1/…", str(error))


def _page(store: Store, place: str) -> bytes | None:
    try:
        return store.get(place)
    except KeyError:
        return None


async def _body(request: Request) -> bytes:
    """No more than a receipt can be; a longer one is read no further."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST:
            return b""
    return body


class _Safe:
    """Adds the headers that every answer has."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SAFE)
            await send(message)

        await self._app(scope, receive, with_headers)


class _OneLength:
    """Refuses a request whose end two servers could see in different places (RFC 9112, 6.1): what follows it on a line
    that several families share, behind the school's own server, would be taken for somebody else's."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        is_old = scope["http_version"] == "1.0"
        if "transfer-encoding" in headers and (is_old or "content-length" in headers):
            await PlainTextResponse("Invalid HTTP request received.", 400, CLOSE)(scope, receive, send)
        else:
            await self._app(scope, receive, send)
