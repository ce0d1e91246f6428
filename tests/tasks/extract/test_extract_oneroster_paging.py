"""Pages of a OneRoster service as real ones give them: totals that lie, Links that contradict, pages that shift."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import httpx
import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.oneroster.http import HttpAnswer
from termpost.tasks.extract.oneroster.page_cache import NotKept
from termpost.tasks.extract.oneroster.paging import PAUSES, read_collection
from termpost.tasks.extract.oneroster.rows import ObjectReader
from termpost.tasks.extract.oneroster.versions import V1P2, Collection
from termpost.tasks.extract.oneroster.walk import CollectionRows, PageRequest

URL = "https://sis.example.org/ims/oneroster/gradebook/v1p2/results"
RESULTS = next(collection for collection in V1P2.collections if collection.name == "results")


def marks(*names: str, **more: Any) -> list[dict[str, Any]]:
    return [{"sourcedId": name, "status": "active", "score": 1, **more} for name in names]


@dataclass
class PagedList:
    """A list behind a service: each switch is a deviation."""

    objects: list[dict[str, Any]]
    most: int = 2  # a page is never longer
    total: Callable[["PagedList", int, int], str | None] = lambda paged, _offset, _size: str(len(paged.objects))
    link: Callable[["PagedList", int, str], str | None] = lambda _paged, _offset, _asked: None
    filters: bool = False  # what is deleted is left out of the pages that it was counted for
    behind: int = 200  # the status of a page without anything
    ignores: bool = False  # limit and offset
    bare: object = None  # what stands in place of an empty list
    change: Callable[["PagedList", int], object] = lambda _paged, _offset: None  # before each page
    asked: list[int] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    def ask(self, _: Collection, request: PageRequest, params: dict[str, str]) -> tuple[str, HttpAnswer]:
        offset = int(params["offset"]) if not request.link else int(request.link.rpartition("=")[2])
        self.links += [request.link] if request.link else []
        self.change(self, offset)
        self.asked.append(offset)
        found = self.objects[: self.most] if self.ignores else self.objects[offset : offset + self.most]
        if self.filters:
            found = [one for one in found if one["status"] == "active"]
        if not found and self.behind != 200:
            return URL, HttpAnswer(self.behind, httpx.Headers(), b"")
        said = (("X-Total-Count", self.total(self, offset, len(found))), ("Link", self.link(self, offset, URL)))
        headers = httpx.Headers([(name, value) for name, value in said if value is not None])
        return URL, HttpAnswer(200, headers, json.dumps({"results": found or self.bare or []}).encode())

    def read(self, waits: list[float] | None = None) -> CollectionRows:
        reader = ObjectReader(V1P2, (), None)
        sleep = (waits if waits is not None else []).append
        found = read_collection(self.ask, RESULTS, reader, NotKept(), URL, sleep)
        assert found is not None
        return found

    def names(self) -> list[str]:
        return [name for _, name, _ in self.read().lines]


def by_offset(paged: PagedList, offset: int, asked: str) -> str:
    """As the standard has it."""
    following = offset + paged.most
    first = f'<{asked}?offset=0>; rel="first"'
    return f'{first}, <{asked}?limit=2&offset={following}>; rel="next"' if following < len(paged.objects) else first


def test_case_06_a_link_to_a_next_page_counts_more_than_a_total_of_the_page() -> None:
    """Case extracts/06: the third mark was lost, and counted as 0."""
    paged = PagedList(marks("a", "b", "c"), total=lambda *_: "2", link=by_offset)
    found = paged.read()
    assert [name for _, name, _ in found.lines] == ["a", "b", "c"]
    assert found.notes == {"total"}


@pytest.mark.parametrize(
    ("total", "is_odd"),
    [
        (lambda paged, _offset, _size: str(len(paged.objects)), False),
        (lambda *_: None, False),
        (lambda _paged, _offset, size: str(size), True),  # of the page
        (lambda *_: "0", True),
        (lambda *_: "many", True),
        (lambda *_: "-1", True),
        (lambda *_: "", False),
        (lambda paged, *_: str(len(paged.objects) + 3), True),  # counts what is deleted
        (lambda paged, offset, _size: str(len(paged.objects) - offset), True),  # what remains
        (lambda paged, offset, _size: None if offset else str(len(paged.objects)), False),  # on the first page alone
    ],
    ids=["right", "missing", "page", "zero", "text", "negative", "blank", "deleted", "remaining", "first"],
)
def test_no_mark_is_lost_whatever_the_total_says(total: Any, is_odd: bool) -> None:
    links: tuple[Any, ...] = (by_offset, None)
    for behind, link, count in product((200, 404, 204), links, (0, 1, 2, 3, 4, 5, 7)):
        if count == 0 and behind != 200:
            continue  # 404 on the first page: there is no such list
        names, case = [f"r{number}" for number in range(count)], (behind, link, count)
        paged = PagedList(marks(*names), most=3, total=total, behind=behind)
        if link:
            paged.link = link
        found = paged.read()
        assert [name for _, name, _ in found.lines] == names, case
        assert is_odd or found.notes == set(), case
        assert len(paged.asked) < 40, case


@pytest.mark.parametrize("link", [by_offset, None])
@pytest.mark.parametrize("most", [1, 2, 3, 5, 20])
def test_what_is_deleted_may_be_counted_and_left_out_of_its_page(link: Any, most: int) -> None:
    for deleted in ("", "a", "c", "abc", "ef", "h", "abcdefgh", "bdfh", "aceg", "abde"):
        objects = [
            {**one, "status": "tobedeleted" if one["sourcedId"] in deleted else "active"} for one in marks(*"abcdefgh")
        ]
        paged = PagedList(objects, most=most, filters=True)
        if link:
            paged.link = link
        assert paged.names() == [name for name in "abcdefgh" if name not in deleted], deleted


@pytest.mark.parametrize("bare", [None, {}], ids=["null", "object"])
def test_null_or_an_object_in_place_of_a_list_is_an_empty_one(bare: object) -> None:
    paged = PagedList([])
    bodies: list[dict[str, object]] = [{"results": bare}, {}, {"RESULTS": []}]
    for body in bodies:
        text = json.dumps(body).encode()
        paged.ask = lambda *_, text=text: (URL, HttpAnswer(200, httpx.Headers(), text))  # type: ignore[method-assign]
        assert paged.read() == CollectionRows([], frozenset())


def test_a_short_page_in_the_middle_is_no_end() -> None:
    paged = PagedList(marks(*"abcdefghij"), most=4, total=lambda *_: None)

    def shorter(this: PagedList, offset: int) -> None:
        this.most = 2 if offset == 3 else 4

    paged.change = shorter
    assert paged.names() == list("abcdefghij")


# -- Link


@pytest.mark.parametrize(
    "link",
    [
        '<results?limit=2&offset={}>; rel="next"',
        "</ims/oneroster/gradebook/v1p2/results?offset={}>;rel=next",
        '<https://sis.example.org:443/other?offset={}>; title="a, b"; REL="prev next"',
        '<?offset={}>; rel = "next"',
        '<https://sis.example.org/results?page={}>; rel="last", <?cursor={}>; rel="Next"',
    ],
    ids=["relative", "path", "absolute", "query", "cursor"],
)
def test_a_link_may_be_spelt_in_many_ways(link: str) -> None:
    paged = PagedList(marks(*"abcde"), total=lambda *_: "2")
    paged.link = lambda this, offset, _asked: (
        link.replace("{}", str(offset + 2)) if offset + 2 < len(this.objects) else '<x>; rel="first"'
    )
    assert paged.names() == list("abcde")
    assert bool(paged.links) == ("cursor" in link)


def test_several_link_headers_are_one() -> None:
    headers = httpx.Headers([("Link", '<?offset=0>; rel="first"'), ("Link", '<?offset=2>; rel="next"')])
    paged = PagedList(marks("a", "b", "c"))
    pages = [marks("a", "b"), marks("b", "c")]

    def ask(*_: object) -> tuple[str, HttpAnswer]:
        said = headers if len(pages) > 1 else httpx.Headers([("Link", '<?offset=0>; rel="first"')])
        return URL, HttpAnswer(200, said, json.dumps({"results": pages.pop(0)}).encode())

    paged.ask = ask  # type: ignore[assignment,method-assign]
    assert paged.names() == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("https://evil.example.org/results?offset=2", "to another host"),
        ("//evil.example.org/results?offset=2", "to another host"),
        ("https://sis.example.org:8443/results?offset=2", "to another host"),
        ("https://sis.example.org@evil.example.org/?offset=2", "to another host"),
        ("https://sis.example.org:port/?offset=2", "to another host"),
        ("http://sis.example.org/results?offset=2", "in clear"),
    ],
)
def test_a_link_to_anywhere_else_is_refused(link: str, said: str) -> None:
    paged = PagedList(marks("a", "b", "c"), link=lambda *_: f'<{link}>; rel="next"')
    with pytest.raises(InputError, match=said) as caught:
        paged.read()
    assert (caught.value.code, paged.asked) == ("link-elsewhere", [0])
    assert "evil" not in str(caught.value)


@pytest.mark.parametrize("query", ["offset=0", "offset=2", "cursor=0", "cursor=2"])
def test_a_link_that_circles_is_refused(query: str) -> None:
    paged = PagedList(marks(*"abcdef"), link=lambda *_: f'<?{query}>; rel="next"', total=lambda *_: None)
    with pytest.raises(InputError, match="in a circle") as caught:
        paged.read()
    assert caught.value.code == "link-circle"
    assert len(paged.asked) < 5


@pytest.mark.parametrize("behind", [200, 404])
def test_a_link_that_always_names_a_next_page_ends_behind_the_last(behind: int) -> None:
    paged = PagedList(marks(*"abcde"), behind=behind, link=lambda *a: f'<?offset={a[1] + 2}>; rel="next"')
    found = paged.read()
    assert [name for _, name, _ in found.lines] == list("abcde")
    assert found.notes == {"link"}
    assert len(paged.asked) < 10


def test_a_page_that_both_link_and_total_promise_may_not_be_404() -> None:
    paged = PagedList(marks("a", "b"), behind=404, total=lambda *_: "5",
                      link=lambda *a: f'<?cursor={a[1] + 2}>; rel="next"')  # fmt: skip
    with pytest.raises(InputError, match="HTTP 404") as caught:
        paged.read()
    assert caught.value.code == "page-missing"


@pytest.mark.parametrize("total", ["9", "2"])
def test_a_link_that_names_no_next_page_too_early_loses_nothing_that_the_total_counts(total: str) -> None:
    paged = PagedList(marks(*"abcdefghi"), link=lambda *_: '<x>; rel="first"', total=lambda *_: total)
    assert paged.names() == (list("abcdefghi") if total == "9" else ["a", "b"])


def test_a_service_that_ignores_offset_is_refused_where_there_is_more() -> None:
    paged = PagedList(marks(*"abcdefghi"), most=3, ignores=True)
    with pytest.raises(InputError, match="every page of results is the first one"):
        paged.read()
    whole = PagedList(marks(*"abc"), most=3, ignores=True)
    assert whole.names() == ["a", "b", "c"]


# -- what moves


def test_identical_objects_count_once_and_are_told() -> None:
    found = PagedList(marks("a", "b", "a", "c"), most=9).read()
    assert [name for _, name, _ in found.lines] == ["a", "b", "c"]
    assert "repeats" in found.notes


@pytest.mark.parametrize("total", [True, False])
def test_objects_that_come_again_on_a_later_page_count_once_if_they_do_so_each_time(total: bool) -> None:
    paged = PagedList(marks(*"abcadb"), most=3)
    if not total:
        paged.total = lambda *_: None
    waits: list[float] = []
    found = paged.read(waits)
    assert [name for _, name, _ in found.lines] == ["a", "b", "c", "d"]
    assert "repeats" in found.notes
    assert waits == list(PAUSES)


@pytest.mark.parametrize("most", [2, 9])
def test_contradicting_objects_of_one_id_are_refused(most: int) -> None:
    waits: list[float] = []
    with pytest.raises(InputError, match="3 times") as caught:
        PagedList([*marks("a", "b"), *marks("a", score=2)], most=most).read(waits)
    assert caught.value.code == "source-changed"
    assert "sort by sourcedId" in caught.value.remedy
    assert waits == list(PAUSES)


@pytest.mark.parametrize("total", [True, False])
@pytest.mark.parametrize("most", [1, 2, 3, 5])
@pytest.mark.parametrize("at", range(1, 9))
def test_one_deletion_at_any_moment_loses_no_other_mark(at: int, most: int, total: bool) -> None:
    paged = PagedList(marks(*"abcdefghijkl"), most=most)
    if not total:
        paged.total = lambda *_: None
    asked = [0]

    def delete(this: PagedList, _offset: int) -> None:
        asked[0] += 1
        if asked[0] == at + 1:
            this.objects = this.objects[1:]

    paged.change = delete
    if most == 1 and not total:
        return  # nothing of such a service tells it
    assert set(paged.names()) >= set("bcdefghijkl")


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("total", [True, False])
def test_a_list_in_no_fixed_order_is_refused(seed: int, total: bool) -> None:
    """Of sixty objects, two pages at least: that each time they fit by chance is out of the question."""
    drawn = random.Random(seed)  # noqa: S311 - no secret
    paged = PagedList(marks(*map(str, range(60))), most=40, change=lambda this, _offset: drawn.shuffle(this.objects))
    if not total:
        paged.total = lambda *_: None
    with pytest.raises(InputError) as caught:
        paged.read()
    assert caught.value.code == "source-changed"


def test_an_inactive_object_is_deleted_and_told() -> None:
    found = PagedList([*marks("a"), *marks("b", status="inactive")]).read()
    assert ([name for _, name, _ in found.lines], found.notes) == (["a"], frozenset({"inactive"}))
