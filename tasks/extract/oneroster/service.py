"""`https://`: everything of a OneRoster 1.2 service, as the bundle of CSV files that it would have exported."""

import re
from collections import defaultdict
from contextlib import closing
from http import HTTPStatus

from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.access import Access
from termpost.tasks.extract.address import Address, read_address
from termpost.tasks.extract.excluded_columns import all_dropped
from termpost.tasks.extract.oneroster.bundle import COLLECTIONS, Collection, as_bundle
from termpost.tasks.extract.oneroster.http import Connection, HttpAnswer
from termpost.tasks.extract.oneroster.page_cache import Kept, NotKept
from termpost.tasks.extract.oneroster.paging import LIMIT, Pages, read_collection
from termpost.tasks.extract.oneroster.rows import ObjectReader
from termpost.tasks.extract.oneroster.token import Token
from termpost.tasks.formats.source_file import SourceFile

NOT_HAD = (HTTPStatus.NOT_FOUND, HTTPStatus.NOT_IMPLEMENTED)
ONE_SERVICE = re.compile(r"/(rostering|gradebook)/v1p2$")  # of the two that are asked


def service_files(address: Address, access: Access) -> list[SourceFile]:
    """Reads rostering and gradebook whole.

    Raises:
        InputError: nobody let in, not a OneRoster 1.2 service, or its lists change while they are read.
        RetryableError: busy for longer than anyone waits; what came so far is kept where `access` says so.
    """
    reader = ObjectReader(all_dropped(access.drop), access.zone)
    pages = _pages(address, access)
    rows: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    with closing(Connection(access)) as line:
        service = _Service(address, line, Token(line, access))
        for collection in COLLECTIONS:
            lines = read_collection(service.ask, collection, reader, pages, service.shown(collection))
            if lines is None:
                continue
            for file in collection.files:
                rows[file] += []
            for file, name, text in lines:
                rows[file].append((name, text))
    return as_bundle(rows, address.host)


def forget_pages(uri: str, access: Access) -> None:
    """After the extract has landed: what was kept of its source on the way goes."""
    address = read_address(uri)
    pages = _pages(address, access) if address.scheme == "https" else None
    if isinstance(pages, Kept):
        pages.forget()


def _pages(address: Address, access: Access) -> Pages:
    if access.keep is None or access.tags is None:
        return NotKept()
    # whatever changes what a page looks like
    of = {"url": _base(address), "drop": all_dropped(access.drop), "zone": str(access.zone), "limit": LIMIT,
          "client": access.settings.oneroster.client_id}  # fmt: skip
    return Kept(access.keep, access.tags, of, access.clock)


def _base(address: Address) -> str:
    return ONE_SERVICE.sub("", address.path)


class _Service:
    """Asks with a token, and with another one where the first has ended."""

    def __init__(self, address: Address, line: Connection, token: Token) -> None:
        self.base, self.line, self.token = _base(address), line, token

    def shown(self, collection: Collection) -> str:
        return f"{self.base}/{collection.path}"

    def ask(self, collection: Collection, params: dict[str, str]) -> HttpAnswer:
        """One page, or 404 or 501 where the collection is optional."""
        shown = self.shown(collection)
        answer = self._ask(shown, params)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            self.token.forget()
            answer = self._ask(shown, params)
        if answer.status == HTTPStatus.OK or (answer.status in NOT_HAD and not collection.required):
            return answer
        raise _refused(answer, collection, shown)

    def _ask(self, url: str, params: dict[str, str]) -> HttpAnswer:
        return self.line.ask("GET", url, url, params=params, headers={"Authorization": f"Bearer {self.token.value()}"})


def _refused(answer: HttpAnswer, collection: Collection, shown: str) -> InputError:
    status = answer.status
    if status == HTTPStatus.UNAUTHORIZED:
        return InputError("token-refused", "the service does not take the token it was given", shown,
                          "check that token_url and the address belong together")  # fmt: skip
    if status == HTTPStatus.FORBIDDEN:
        return InputError("access-denied", f"this client may not read {collection.name}", shown,
                          "ask who runs the service for the scope")  # fmt: skip
    if status in NOT_HAD:
        return InputError("wrong-address", f"the service has no {collection.name}, which a report needs", shown,
                          "check the address; it ends where /rostering/v1p2 begins")  # fmt: skip
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return InputError("wrong-address", "the service sends us elsewhere, where no token goes", shown,
                          "give the address it moved to")  # fmt: skip
    return InputError("service-refused", f"the service refuses, HTTP {status}", shown, "ask who runs it")
