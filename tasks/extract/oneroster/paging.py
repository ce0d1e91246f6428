"""A whole collection, page by page, and sure that none moved meanwhile.

Each page is asked to begin with the last object of the one before (offset - 1). If it does not, an id comes twice or
the total changes, something was added or deleted while we read, and a mark may have slipped between two pages: the
collection is read again, and then a page only has to hold what it shares with the one before: services that count what
is deleted, but do not send it, page so. An object that comes twice with the same content counts once if two readings
give the same.

Neither a short page, since a service may cap `limit`, nor a total is an end by itself. Where Link and X-Total-Count
contradict each other we read on: the end is where Link names no next page and a page brings nothing new.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Protocol

from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.oneroster.http import HttpAnswer
from termpost.tasks.extract.oneroster.links import next_link, whole_number
from termpost.tasks.extract.oneroster.page_cache import ServicePage, Thing
from termpost.tasks.extract.oneroster.rows import ObjectReader, as_text
from termpost.tasks.extract.oneroster.versions import Collection
from termpost.tasks.extract.oneroster.walk import CollectionChanged, CollectionRows, PageRequest, Walk

LIMIT = 1000  # objects asked for at once
PAUSES = (5.0, 60.0)  # seconds before a collection that moves is read again
READS = len(PAUSES) + 1
FIRST = "orgs"  # by which it is told whether the service is here at all
UNREADABLE = -1  # a total that is no number
BEHIND = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND)  # what some answer to a page after the last

# one page, of the address or by parameters; the first may be 404 where the collection is optional
Ask = Callable[[Collection, PageRequest, dict[str, str]], tuple[str, HttpAnswer]]


class NotHereError(InputError):
    """Not even the first list is here: another version may be."""

    def __init__(self, reason: str, shown: str) -> None:
        super().__init__("wrong-address", f"no OneRoster service is here: {reason}", shown,
                         "check the address; it ends where /rostering/v1p2 or /v1p1 begins")  # fmt: skip
        self.reason, self.shown = reason, shown


class Pages(Protocol):
    """Where finished pages lie."""

    def page(self, collection: str, number: int) -> ServicePage | None: ...
    def keep(self, collection: str, number: int, page: ServicePage) -> None: ...
    def drop(self, collection: str) -> None: ...


def read_collection(
    ask: Ask, collection: Collection, reader: ObjectReader, pages: Pages, shown: str, sleep: Callable[[float], None]
) -> CollectionRows | None:
    """All its rows; None where the service does not have it and need not.

    Raises:
        InputError: it keeps moving, never ends, or answers what is not OneRoster.
    """
    doubtful: CollectionRows | None = None
    for pause in (*PAUSES, None):
        walk = Walk(collection.name, shown, LIMIT, strict=pause == PAUSES[0])
        try:
            found = _read(ask, collection, reader, pages, walk)
            if not walk.is_doubtful or found == doubtful:
                return found
            doubtful = found
        except CollectionChanged:
            pass
        pages.drop(collection.name)
        if pause is not None:
            sleep(pause)
    raise InputError("source-changed", f"{collection.name} change while they are read, {READS} times", shown,
                     "try again at an hour when nobody enters marks; if it stays so, the service lists in no fixed"
                     " order: ask who runs it to sort by sourcedId")  # fmt: skip


def _read(ask: Ask, collection: Collection, reader: ObjectReader, pages: Pages, walk: Walk) -> CollectionRows | None:
    number, request = 1, PageRequest()
    while True:
        page = pages.page(collection.name, number)
        if page is None:
            page = _ask_for(ask, collection, reader, request, walk.shown, first=number == 1)
            if page is None:
                return None
            pages.keep(collection.name, number, page)
        following = walk.add(page, request)
        if following is None:
            return walk.found()
        number, request = number + 1, following


def _ask_for(
    ask: Ask, collection: Collection, reader: ObjectReader, request: PageRequest, shown: str, *, first: bool
) -> ServicePage | None:
    url, answer = ask(collection, request, {"limit": str(LIMIT), "offset": str(request.offset)})
    if answer.status != HTTPStatus.OK:
        return None if first else ServicePage([], None, None, missing=True)
    objects = _objects(answer, collection, shown)
    return ServicePage(
        [_thing(collection, one, reader) for one in objects],
        _total(answer.headers.get("X-Total-Count")),
        next_link(answer.headers, url, shown),
        inactive=any(as_text(one.get("status")).lower() == "inactive" for one in objects),
    )


def _total(said: str | None) -> int | None:
    if said is None or not said.strip():
        return None
    total = whole_number(said.strip())
    return UNREADABLE if total is None else total


def _thing(collection: Collection, one: dict[str, Any], reader: ObjectReader) -> Thing:
    return as_text(one.get("sourcedId")), list(reader.lines(collection.key, one))


def _objects(answer: HttpAnswer, collection: Collection, shown: str) -> list[dict[str, Any]]:
    """The list of the answer; `null` or `{}` in its place is an empty one."""
    try:
        said = answer.json()
        answer.body.decode("utf-8")
    except ValueError:
        html = "html" in answer.headers.get("Content-Type", "") or answer.body.lstrip()[:1] == b"<"
        what = "a web page" if html else "no JSON"
        if html and collection.name == FIRST:
            raise NotHereError(what, shown) from None
        raise InputError("wrong-address", f"the service answers {what}", shown,
                         "check the address; it ends where /rostering/v1p2 or /v1p1 begins") from None  # fmt: skip
    found = _list_of(said, collection.key)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise InputError("not-oneroster", f"the answer holds no {collection.name}", shown,
                         "check that the service speaks OneRoster 1.1 or 1.2")  # fmt: skip
    return found


def _list_of(said: object, key: str) -> object:
    if said == {}:
        return []
    if not isinstance(said, dict):
        return None
    name = next((name for name in (key, *said) if name in said and name.lower() == key.lower()), None)
    if name is None:
        return None
    return [] if said[name] is None or said[name] == {} else said[name]
