"""The way through the pages of one collection: what is new in each, which comes next, and what does not add up."""

from dataclasses import dataclass, field

from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.oneroster.links import offset_of
from termpost.tasks.extract.oneroster.page_cache import BundleLine, ServicePage

MOST = 50_000_000  # objects of a kind; 100,000 students have about 10 million results
IDLE = 100  # pages without anything new, one after the other


class CollectionChanged(Exception):  # noqa: N818 - said of a collection
    """Something was added or deleted while it was read."""


@dataclass(frozen=True)
class PageRequest:
    """Where the next page begins; a link is followed as it is where it counts otherwise than by objects."""

    offset: int = 0
    link: str = ""
    last: str | None = None  # id of an object that must be on it; None where nothing can be said


@dataclass(frozen=True)
class CollectionRows:
    """A collection as rows, and what was odd about how it was given."""

    lines: list[BundleLine]
    notes: frozenset[str]


@dataclass
class Walk:
    """One reading of a collection.

    Args:
        limit: objects that are asked for at once.
        strict: whatever shifts is a change; else what comes twice with the same content counts once.
    """

    name: str
    shown: str
    limit: int
    strict: bool
    lines: list[BundleLine] = field(default_factory=list)
    notes: set[str] = field(default_factory=set)
    known: dict[str, int] = field(default_factory=dict)  # sourcedId → hash of its rows
    links: set[str] = field(default_factory=set)
    count: int = 0  # objects, each once
    pages: int = 0
    largest: int = 1  # objects on a page
    idle: int = 0
    total: int | None = None
    linked: bool = False  # the service gives Link headers
    promised: bool = False  # the page before named a next one
    is_doubtful: bool = False  # an object came once more on a later page: who lists in no fixed order gives this too
    blind: bool = False  # some page could not be asked to overlap
    before: list[str] = field(default_factory=list)  # ids of the page before
    first: list[str] = field(default_factory=list)  # and of the first

    def found(self) -> CollectionRows:
        if self.total is not None and self.total != self.count:
            self.notes.add("total")
        return CollectionRows(self.lines, frozenset(self.notes))

    def add(self, page: ServicePage, request: PageRequest) -> PageRequest | None:
        """Takes a page in; what to ask for next, or None at the end.

        Raises:
            CollectionChanged: it moved.
            InputError: it leads in a circle or never ends, or the same page comes whatever is asked for.
        """
        self.pages += 1
        if page.missing:
            self._behind()
            return None
        self.blind = self.blind or (self.pages > 1 and request.last is None)
        self.largest = max(self.largest, len(page.things))
        new = self._take(page, request)
        self._compare_total(page)
        if page.inactive:
            self.notes.add("inactive")
        self.idle = 0 if new else self.idle + 1
        following = self._following(page, request, new)
        self.before, self.promised = [name for name, _ in page.things], bool(page.link)
        if self.pages == 1:
            self.first = self.before
        if self.count > MOST or (following and self.idle > IDLE):
            raise InputError("endless", f"{self.name} never end", self.shown, "check the service's paging")
        return following

    def _take(self, page: ServicePage, request: PageRequest) -> bool:
        """Adds what is new, and says whether anything was."""
        ids, before, lenient = [name for name, _ in page.things], self.count, not self.strict or self._is_stable(page)
        old = self._overlap(ids, request, lenient=lenient)
        for place, (name, lines) in enumerate(page.things):
            weight = hash(tuple(lines))
            if self.known.get(name, weight) != weight:
                raise CollectionChanged
            if name in self.known:
                self._repeated(name, ids, expected=place < old)
                continue
            if name:  # one without an id is the check's to find
                self.known[name] = weight
            self.count += 1
            self.lines += lines
        return self.count > before

    def _is_stable(self, page: ServicePage) -> bool:
        """Whether the total stays, so that a page that begins early is one that skips what is deleted."""
        return self.pages > 1 and page.total is not None and page.total == self.total and page.total >= self.count

    def _overlap(self, ids: list[str], request: PageRequest, *, lenient: bool) -> int:
        """How many objects at the beginning of the page we have: up to the last one of the page before."""
        if request.last is None:
            return len(ids) if lenient and self.pages > 1 else 0
        if request.last not in ids or not (lenient or ids[0] == request.last):
            raise CollectionChanged
        old = ids.index(request.last) + 1
        if ids[:old] != self.before[-old:]:  # a service that lists in no fixed order
            raise CollectionChanged
        return old

    def _repeated(self, name: str, ids: list[str], *, expected: bool) -> None:
        if ids.count(name) > 1:
            self.notes.add("repeats")
        elif expected or ids == self.before:
            return
        elif self.strict:
            raise CollectionChanged
        else:
            self.notes.add("repeats")
            self.is_doubtful = True

    def _compare_total(self, page: ServicePage) -> None:
        total = page.total
        if total is None:
            return
        if total < 0 or (total == 0 and page.things):  # no number, or one that cannot be
            self.notes.add("total")
            return
        if self.total is not None and total != self.total:
            of_the_page = total == len(page.things) and self.total == len(self.before)
            if not of_the_page and (self.strict or self.blind):
                raise CollectionChanged
            self.notes.add("total")
        self.total = total

    def _following(self, page: ServicePage, request: PageRequest, new: bool) -> PageRequest | None:
        self.linked = self.linked or page.link is not None
        last = page.things[-1][0] if len(page.things) > 1 else None
        # the last object of this page once more, but a page of one has no room for that
        on = PageRequest(request.offset + max(len(page.things) - 1, 1), last=last or None)
        if page.link:
            return self._by_link(page.link, request, on, new)
        if request.link or (not page.things and self.pages == 1 and not self.total):
            return None
        if new:
            # of one page alone it may be the page's own; and one that was wrong once proves nothing
            agreed = self.linked or (self.count > len(page.things) and "total" not in self.notes)
            ended = self.total == self.count and agreed
            return None if ended or (self.linked and (self.total or 0) <= self.count) else on
        return self._nothing_new(page, request)

    def _by_link(self, link: str, request: PageRequest, on: PageRequest, new: bool) -> PageRequest | None:
        """Link counts more than any total. By objects we count ourselves, so as to overlap and to skip nothing."""
        begins = offset_of(link)
        if (begins is not None and begins <= request.offset) or link in self.links:
            raise InputError("link-circle", f"the Link to the next page of {self.name} leads in a circle", self.shown,
                             "ask who runs the service to mend its paging")  # fmt: skip
        self.links.add(link)
        if begins is None:
            return PageRequest(request.offset, link)
        if new:
            return on
        if self.idle > 2 and begins >= (self.total or 0):  # noqa: PLR2004 - it says next whatever is asked for
            self.notes.add("link")
            return None
        return PageRequest(begins)

    def _nothing_new(self, page: ServicePage, request: PageRequest) -> PageRequest | None:
        """The end, unless the total says more: then every place up to it is looked at."""
        more = self.total is not None and self.total > self.count
        on = request.offset + (len(page.things) or self.largest)
        if more and on < (self.total or 0):
            return PageRequest(on)
        if not page.things or [name for name, _ in page.things] != self.first or not request.offset:
            return None
        if more and request.offset < (self.total or 0):
            return PageRequest(self.total or 0)  # nothing can be there but what comes whatever is asked for
        if more or len(page.things) >= self.limit:
            raise InputError("paging-ignored", f"every page of {self.name} is the first one", self.shown,
                             "ask who runs the service for limit and offset")  # fmt: skip
        return None

    def _behind(self) -> None:
        """404 in place of a page: behind the last one, unless both Link and total say that there is more."""
        if self.promised and self.total is not None and self.total > self.count:
            raise InputError("page-missing", f"a page of {self.name} is missing, HTTP 404", self.shown,
                             "ask who runs the service why its own Link leads nowhere")  # fmt: skip
        if self.promised:
            self.notes.add("link")
