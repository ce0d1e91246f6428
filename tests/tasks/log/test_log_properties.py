"""Whatever is appended comes back, once; whatever is changed shows."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from termpost.schemas.log.entry import KINDS, REPEATABLE, Entry

from tests.tasks.log.log_home import LogHome

TEXT = st.none() | st.text(max_size=4)
SMALL = st.none() | st.sampled_from("ab")  # so that the same fact turns up again
ENTRIES = st.builds(
    Entry, kind=st.sampled_from(KINDS), actor=st.text(max_size=3), cycle=SMALL, report=SMALL, student=SMALL,
    version=st.none() | st.integers(0, 2**70), reason=TEXT, object=TEXT, digest=SMALL,
    count=st.none() | st.integers(-1, 1),
)  # fmt: skip
BATCHES = st.lists(st.tuples(st.lists(ENTRIES, max_size=4), st.booleans()), max_size=6)


def expected(batches: list[tuple[list[Entry], bool]]) -> list[Entry]:
    """The rule, spelt naively."""
    kept: list[Entry] = []
    for entry in (entry for batch, _ in batches for entry in batch):
        if entry.kind in REPEATABLE or all(entry.identity != other.identity for other in kept):
            kept.append(entry)
    return kept


@given(BATCHES)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_any_sequence_of_appends_comes_back_in_order_and_once(batches: list[tuple[list[Entry], bool]]) -> None:
    with TemporaryDirectory() as root:
        home = LogHome(Path(root))
        log = home.open()
        new = []
        for batch, reopened in batches:
            log = home.open() if reopened else log
            new += log.append("run-1", batch)
        assert list(home.open().entries()) == new
        assert [Entry(**{name: getattr(entry, name) for name in Entry.model_fields}) for entry in new] == expected(
            batches
        )
        verdict = home.verify()
        assert (verdict.ok, verdict.entries) == (True, len(new))
        facts = [entry for batch, _ in batches for entry in batch if entry.kind not in REPEATABLE]
        assert home.open().append("run-2", facts) == []


@given(BATCHES.filter(lambda batches: any(batch for batch, _ in batches)), st.data())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_any_changed_dropped_or_added_byte_shows(batches: list[tuple[list[Entry], bool]], data: st.DataObject) -> None:
    with TemporaryDirectory() as root:
        home = LogHome(Path(root))
        log = home.open()
        for batch, _ in batches:
            log.append("run-1", batch)
        key = data.draw(st.sampled_from(sorted(home.files())))
        whole = home.store.get(key)
        at = data.draw(st.integers(0, len(whole) - 1))
        byte = data.draw(st.integers(0, 255).filter(lambda b: b != whole[at]))
        changed = data.draw(st.sampled_from([
            whole[:at] + bytes([byte]) + whole[at + 1 :], whole[:at] + whole[at + 1 :], whole + bytes([byte]),
            whole[:at] + bytes([byte]) + whole[at:], whole[:at],
        ]))  # fmt: skip
        home.file(key).write_bytes(changed)
        notes = [one for one in sorted(home.files()) if one.startswith("log/checkpoints/")]
        is_earlier = key in notes[:-1]  # which the quick check passes over
        assert not home.verify(anchored=False, full=is_earlier).ok
        home.file(key).write_bytes(whole)
        assert home.verify().ok
