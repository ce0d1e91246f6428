"""The full check: each object that the log names is there with its digest, or an entry says where it went."""

import pytest
from termpost.schemas.log.entry import Entry, Logged
from termpost.tasks.log.verify import ChainVerdict, verify

from tests.tasks.log.log_home import KEY, LogHome, report_made


def test_an_object_must_match_unless_a_later_entry_removed_it(home: LogHome) -> None:
    log, there = home.open(), {"reports/1.pdf"}
    log.append("run-1", [report_made(1), report_made(2), Entry(kind="checked", object="no-digest")])

    def full() -> ChainVerdict:
        matches = lambda entry: entry.object in there  # noqa: E731
        return verify(home.store, KEY.public_key(), home.anchor, full=True, objects=matches)

    assert (full().ok, full().broken_at, full().reason) == (False, "log/00000001.ndjson", "object-missing")
    assert full().object == "reports/2.pdf"
    home.store.put("reports/2.pdf", b"another one")
    assert (full().reason, full().object) == ("object-changed", "reports/2.pdf")
    home.store.delete("reports/2.pdf")
    assert home.verify().ok  # the quick check looks at the log alone
    log.append("run-2", [Entry(kind="erased", object="reports/7.pdf"), Entry(kind="erased", student="s2")])
    assert not full().ok
    log.append("run-2", [Entry(kind="erased", object="reports/2.pdf")])
    assert full().ok
    log.append("run-3", [report_made(2).model_copy(update={"version": 2})])  # there again, so it must stay
    assert (full().ok, full().broken_at) == (False, "log/00000004.ndjson")


@pytest.mark.parametrize("kind", ["erased", "retained", "withdrawn", "superseded"])
def test_only_erasing_retaining_and_withdrawing_excuse_an_absent_object(home: LogHome, kind: str) -> None:
    home.open().append("run-1", [report_made(1), Entry(kind=kind, object="reports/1.pdf")])
    verdict = verify(home.store, KEY.public_key(), None, full=True, objects=lambda _: False)
    assert verdict.ok is (kind != "superseded")


def test_a_full_check_without_a_way_to_look_is_an_error_and_one_that_breaks_is_no_pass(home: LogHome) -> None:
    home.open().append("run-1", [report_made(1)])
    with pytest.raises(ValueError, match="full"):
        verify(home.store, KEY.public_key(), None, full=True)

    def breaks(_: Logged) -> bool:
        raise OSError("store away")

    with pytest.raises(OSError, match="away"):
        verify(home.store, KEY.public_key(), None, full=True, objects=breaks)
