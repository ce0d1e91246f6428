"""A whole collection, page by page, and sure that none moved meanwhile.

Each page is asked to begin with the last object of the one before (offset - 1). If it does not, or an id comes twice,
something was added or deleted while we read, and a mark may have slipped between two pages: the collection is read
once more, and the source is refused if that happens again. A short page is no end, since a service may cap `limit`:
the end is what X-Total-Count or a Link header says, or a page that brings nothing new.
"""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Protocol

from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.oneroster.bundle import Collection
from termpost.tasks.extract.oneroster.http import HttpAnswer
from termpost.tasks.extract.oneroster.page_cache import BundleLine, ServicePage, Thing
from termpost.tasks.extract.oneroster.rows import ObjectReader, as_text

LIMIT = 1000  # objects asked for at once
MOST = 50_000_000  # objects of a kind; 100,000 students have about 10 million results
READS = 2  # of a collection that moves
NEXT = re.compile(r';\s*rel="?next"?')

Ask = Callable[[Collection, dict[str, str]], HttpAnswer]  # one page; the answer may be 404 where it is optional


class Pages(Protocol):
    """Where finished pages lie."""

    def page(self, collection: str, number: int) -> ServicePage | None: ...
    def keep(self, collection: str, number: int, page: ServicePage) -> None: ...
    def drop(self, collection: str) -> None: ...


class _CollectionChanged(Exception):  # noqa: N818 - said of a collection
    """Something was added or deleted while it was read."""


def read_collection(
    ask: Ask, collection: Collection, reader: ObjectReader, pages: Pages, shown: str
) -> list[BundleLine] | None:
    """All its rows; None where the service does not have it and need not.

    Raises:
        InputError: it keeps moving, never ends, or answers what is not OneRoster.
    """
    for _ in range(READS):
        try:
            return _read(ask, collection, reader, pages, shown)
        except _CollectionChanged:
            pages.drop(collection.name)
    raise InputError("source-changed", f"{collection.name} change while they are read", shown,
                     "try again at an hour when nobody enters marks")  # fmt: skip


def _read(ask: Ask, collection: Collection, reader: ObjectReader, pages: Pages, shown: str) -> list[BundleLine] | None:
    lines: list[BundleLine] = []
    seen: set[str] = set()
    count, number = 0, 0
    last: str | None = None
    total: int | None = None
    while True:
        number += 1
        page = pages.page(collection.name, number)
        if page is None:
            page = _ask_for(ask, collection, reader, count if last is None else count - 1, shown)
            if page is None:
                return None
            pages.keep(collection.name, number, page)
        new = _new_in(page, last, seen)
        if number > 1 and page.total != total:
            raise _CollectionChanged
        total, count = page.total, count + len(new)
        lines += [line for _, own in new for line in own]
        if _is_end(page, count, new):
            return lines
        # a page of one has no room for an overlap
        last = page.things[-1][0] if len(page.things) > 1 else None
        if count > MOST:
            raise InputError("endless", f"{collection.name} never end", shown, "check the service's paging")


def _new_in(page: ServicePage, last: str | None, seen: set[str]) -> list[Thing]:
    """What the page adds to what came before.

    Args:
        last: id of the last object before; None where the page does not begin with it.
        seen: ids so far, to which those of this page are added.
    """
    if last is not None and (not page.things or page.things[0][0] != last):
        raise _CollectionChanged
    new = page.things if last is None else page.things[1:]
    for name, _ in new:
        if name and name in seen:  # one without an id is the check's to find
            raise _CollectionChanged
        seen.add(name)
    return new


def _is_end(page: ServicePage, count: int, new: list[Thing]) -> bool:
    if page.total is not None:
        if count > page.total or (not new and count < page.total):
            raise _CollectionChanged
        return count == page.total
    if page.more is not None and new:
        return not page.more
    return not new


def _ask_for(ask: Ask, collection: Collection, reader: ObjectReader, offset: int, shown: str) -> ServicePage | None:
    answer = ask(collection, {"limit": str(LIMIT), "offset": str(offset)})
    if answer.status != HTTPStatus.OK:
        return None
    total, link = answer.headers.get("X-Total-Count", ""), answer.headers.get("Link")
    return ServicePage(
        [_thing(collection, one, reader) for one in _objects(answer, collection, shown)],
        int(total) if total.isascii() and total.isdigit() else None,
        None if link is None else bool(NEXT.search(link)),
    )


def _thing(collection: Collection, one: dict[str, Any], reader: ObjectReader) -> Thing:
    return as_text(one.get("sourcedId")), list(reader.lines(collection.name, one))


def _objects(answer: HttpAnswer, collection: Collection, shown: str) -> list[dict[str, Any]]:
    try:
        said = answer.json()
        answer.body.decode("utf-8")
    except ValueError:
        html = "html" in answer.headers.get("Content-Type", "") or answer.body.lstrip()[:1] == b"<"
        what = "a web page" if html else "no JSON"
        raise InputError("wrong-address", f"the service answers {what}", shown,
                         "check the address; it ends where /rostering/v1p2 begins") from None  # fmt: skip
    found = said.get(collection.name) if isinstance(said, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise InputError("not-oneroster", f"the answer holds no {collection.name}", shown,
                         "check that the service speaks OneRoster 1.2")  # fmt: skip
    return found
