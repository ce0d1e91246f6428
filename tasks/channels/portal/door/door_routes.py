"""The routes of the household's door: an object that only its locator finds, and a place for messages."""

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from termpost.schemas.base.clock import Clock
from termpost.schemas.documents.feedback.message import LONGEST_MESSAGE
from termpost.tasks.channels.portal.door.locator import door_place
from termpost.tasks.channels.portal.door.take_message import FullPlaces, TakenMessage, take_message
from termpost.tasks.channels.portal.serving.store_calls import StoreCalls
from termpost.tasks.channels.portal.take_receipt import beginning_of
from termpost.tasks.channels.portal.verification import FROM_ANYWHERE, AnswerPace, later
from termpost.tasks.store.interface import Store

LOCATOR = re.compile(r"[0-9a-f]{32}")
LARGEST_DOOR = 2**20  # bytes that are read of a door; ours take some thousands
CLOSE = FROM_ANYWHERE | {"connection": "close"}  # what is too long is not read to its end
STATUS: dict[TakenMessage, int] = {"taken": 204, "not-ours": 404, "slot-taken": 409, "waiting": 429}
AT_ONCE = 8  # look-ups of doors, and messages that are laid down; pages have turns of their own


def door_routes(store: Store, clock: Clock, path: str, pace: AnswerPace | None = None) -> list[Route]:
    """`GET <path>/door/<locator>` answers with the locked door, else 404: unknown ones at a pace that all share, so
    that nobody tries many, and known ones at once. `POST <path>/messages` takes what a page or a door signed.

    Messages: 204 taken, 404 not signed by anything here, 409 the time is somebody else's, 413 too long, 429 twenty of
    this place wait, 503 the store is away.
    """
    calls, posts, turns, full = StoreCalls(AT_ONCE), StoreCalls(AT_ONCE), pace or AnswerPace(), FullPlaces()

    async def show(request: Request) -> Response:
        locator, begun = str(request.path_params["locator"]), turns.begin()
        found = (
            await calls(beginning_of, store, door_place(locator), LARGEST_DOOR) if LOCATOR.fullmatch(locator) else None
        )
        if found is not None:
            return Response(found, media_type="application/json", headers=FROM_ANYWHERE)
        if not await turns.wait(begun):
            return later()
        return JSONResponse({}, 404, FROM_ANYWHERE)

    async def take(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return Response(status_code=413, headers=CLOSE)
        done = await posts(take_message, store, clock, full, body)
        return Response(status_code=STATUS[done], headers=FROM_ANYWHERE)

    return [
        Route(f"{path}/door/{{locator}}", show, methods=["GET"]),
        Route(f"{path}/messages", take, methods=["POST"]),
    ]


async def _body(request: Request) -> bytes | None:
    """No more than a message can be; None where it is longer, and is read no further."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_MESSAGE:
            return None
    return body
