"""Where a school or an authority that is shown a copy asks by its number: "genuine and current", or "ask the school".

Everything that does not count (unknown, replaced, taken back, mistyped, forged) is one answer, from one moment on. No
number is logged.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.verification import PREFIX, read_number, verification_key
from termpost.schemas.settings.settings import Settings
from termpost.tasks.channels.portal.serving.store_calls import StoreCalls
from termpost.tasks.channels.portal.status_pages import asks_number, verified
from termpost.tasks.secrets.verification import state_of
from termpost.tasks.store.interface import Store

AT_ONCE = 8  # look-ups; pages have turns of their own
SAME_MOMENT = 0.25  # seconds after which each of these is answered: a store that has something takes longer or shorter
PER_SECOND = 20.0  # answers to numbers that do not count, all together
LONGEST_LINE = 3.0  # seconds that one waits for its turn; who would wait longer is asked to come again
LONGEST_TYPED = 200  # characters
# pages that families saved ask too, and those have no origin; what they are given is locked, and no cookie goes along
FROM_ANYWHERE = {"access-control-allow-origin": "*"}
BEGINNING = 1024  # bytes that are read: whatever somebody put there, an object of ours is shorter


class AnswerPace:
    """When an answer to a number that does not count may go. One to a number that counts never waits here.

    Args:
        now: seconds of a clock that only goes forward.
    """

    def __init__(
        self, now: Callable[[], float] = time.monotonic, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._now, self._sleep = now, sleep
        self._next = 0.0  # when the next turn is

    def begin(self) -> float:
        """When a question came."""
        return self._now()

    async def wait(self, begun: float) -> bool:
        """Waits for the moment of a question that began then; False, at the same moment, where too many wait."""
        turn = max(self._now(), self._next)
        is_full = turn - self._now() > LONGEST_LINE
        if not is_full:
            self._next = turn + 1 / PER_SECOND
        await self._sleep(max(0.0, begun + SAME_MOMENT - self._now(), 0.0 if is_full else turn - self._now()))
        return not is_full


def verification_routes(settings: Settings, store: Store, path: str, pace: AnswerPace | None = None) -> list[Route]:
    """`GET <path>/verify/<number>`, and `GET <path>/verify` with a form, of a school whose settings have a portal."""
    portal = settings.channels.portal
    public, offered = (portal.verification_key if portal else ""), settings.report.verification
    if not (public or offered):
        return []
    current, ask = HTMLResponse(verified(settings, current=True)), HTMLResponse(verified(settings, current=False))
    form = HTMLResponse(asks_number(settings, f"{path}/{PREFIX.rstrip('/')}"))
    calls, turns = StoreCalls(AT_ONCE), pace or AnswerPace()

    async def answer(typed: str) -> Response:
        if not typed.strip():
            return form
        begun = turns.begin()
        if await calls(_counts, store, typed[:LONGEST_TYPED], public):
            return current
        return ask if await turns.wait(begun) else later()

    async def by_path(request: Request) -> Response:
        return await answer(str(request.path_params["number"]))

    async def by_form(request: Request) -> Response:
        return await answer(request.query_params.get("number", ""))

    place = f"{path}/{PREFIX.rstrip('/')}"
    return [Route(place, by_form, methods=["GET"]), Route(f"{place}/{{number:path}}", by_path, methods=["GET"])]


def later() -> Response:
    """For whoever asks while the store is away, or too many ask."""
    return Response("Please try again in a few minutes.", 503, FROM_ANYWHERE | {"retry-after": "120"}, "text/plain")


def _counts(store: Store, typed: str, public: str) -> bool:
    """Whether the home said that this number is of a current report. What is no number is looked up all the same."""
    number = read_number(typed)
    try:
        said = store.part(verification_key(number or typed), 0, BEGINNING).data
    except KeyError:
        return False
    except InputError as error:
        if error.code != "access-denied":  # which an S3 says of an object that is not there, to who may not list
            raise
        return False
    return number is not None and state_of(said, number, public) == "current"
