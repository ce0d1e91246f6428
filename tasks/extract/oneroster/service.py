"""`https://`: everything of a OneRoster 1.1 or 1.2 service, as the bundle of CSV files that it would have exported."""

import re
from collections import defaultdict
from contextlib import closing

from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.access import Access
from termpost.tasks.extract.address import Address, read_address
from termpost.tasks.extract.excluded_columns import all_dropped
from termpost.tasks.extract.oneroster.asking import NotReadableError, ServiceAddress
from termpost.tasks.extract.oneroster.bundle import as_bundle
from termpost.tasks.extract.oneroster.http import Connection
from termpost.tasks.extract.oneroster.page_cache import Kept, NotKept
from termpost.tasks.extract.oneroster.paging import LIMIT, NotHereError, Pages, read_collection
from termpost.tasks.extract.oneroster.rows import ObjectReader
from termpost.tasks.extract.oneroster.token import token_of
from termpost.tasks.extract.oneroster.versions import V1P1, V1P2, VERSIONS, Collection, ServiceVersion
from termpost.tasks.extract.oneroster.walk import CollectionRows
from termpost.tasks.formats.source_file import SourceFile

ONE_SERVICE = re.compile(r"/((rostering|gradebook)/v1p2|v1p1)$")  # where an address says which version it speaks


def service_files(address: Address, access: Access) -> list[SourceFile]:
    """Reads rostering and gradebook whole.

    An address that ends in the version's own part names the version; else 1.2 is asked for, and 1.1 where it is not.

    Raises:
        InputError: nobody let in, not a OneRoster service, or its lists change while they are read.
        RetryableError: busy for longer than anyone waits; what came so far is kept where `access` says so.
    """
    base, versions = _base(address)
    missing = []
    with closing(Connection(access)) as line:
        for version in versions:
            try:
                return _ServiceReading(version, base, line, access, _pages(address, access, version)).files(
                    address.host
                )
            except NotHereError as error:
                missing.append(f"{error.reason} at {error.shown}")
    raise InputError("wrong-address", f"no OneRoster service is here: {', '.join(missing)}", base,
                     "check the address; it ends where /rostering/v1p2 or /v1p1 begins")  # fmt: skip


def forget_pages(uri: str, access: Access) -> None:
    """After the extract has landed: what was kept of its source on the way goes."""
    address = read_address(uri)
    for version in VERSIONS if address.scheme == "https" else ():
        pages = _pages(address, access, version)
        if isinstance(pages, Kept):
            pages.forget()


def _pages(address: Address, access: Access, version: ServiceVersion) -> Pages:
    if access.keep is None or access.tags is None:
        return NotKept()
    # whatever changes what a page looks like
    of = {"url": _base(address)[0], "drop": all_dropped(access.drop), "zone": str(access.zone), "limit": LIMIT,
          "client": access.settings.oneroster.client_id, "version": version.name}  # fmt: skip
    return Kept(access.keep, access.tags, of, access.clock)


def _base(address: Address) -> tuple[str, tuple[ServiceVersion, ...]]:
    """What the paths of collections follow, and which versions may be spoken there."""
    said = ONE_SERVICE.search(address.path)
    if said is None:
        return address.path, VERSIONS
    return address.path[: said.start()], ((V1P1,) if said[1] == "v1p1" else (V1P2,))


class _ServiceReading:
    """One version of a service, read whole."""

    def __init__(self, version: ServiceVersion, base: str, line: Connection, access: Access, pages: Pages) -> None:
        self.version, self.pages, self.access = version, pages, access
        self.service = ServiceAddress(base, line, token_of(line, access, version.scope))
        self.reader = ObjectReader(version, all_dropped(access.drop), access.zone)
        self.rows: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        self.notes: defaultdict[str, set[str]] = defaultdict(set)

    def files(self, host: str) -> list[SourceFile]:
        for collection in self.version.collections:
            self._read(collection)
        return as_bundle(self.version, self.rows, host, self.notes)

    def _read(self, collection: Collection) -> None:
        try:
            self._keep(collection, self._found(collection))
        except NotReadableError as error:
            if collection.parts:
                self.notes[collection.name].add("parts")
                for part in collection.parts:
                    self._keep(part, self._found(part))
            elif error.withheld and collection.lacking:
                self.notes[collection.name].add("withheld")
            else:
                raise

    def _found(self, collection: Collection) -> CollectionRows | None:
        shown = self.service.shown(collection)
        return read_collection(self.service.ask, collection, self.reader, self.pages, shown, self.access.sleep)

    def _keep(self, collection: Collection, found: CollectionRows | None) -> None:
        if found is None:
            return
        name = collection.files[0].removesuffix(".csv")
        self.notes[name] |= found.notes
        for file in collection.files:
            self.rows[file] += []
        known = set(self.rows[collection.files[0]]) if collection.name != name else set()
        for file, id_, text in found.lines:
            if (id_, text) not in known:  # a teacher who is a student too
                self.rows[file].append((id_, text))
