"""What was done to the objects of meetings by whoever can write to the store: one line names them, and nothing is
offered."""

from collections.abc import Callable

import pytest
from termpost.schemas.base.errors import Refused
from termpost.tasks.home.encrypted_store import EncryptedStore

from tests.tasks.feedback.meetings.meeting_office import TEACHER, MeetingOffice

KINDS = ("availability", "slots")


def _edit(store: EncryptedStore, key: str, _: bytes) -> None:
    data = store.raw.get(key)
    store.raw.put(key, data[:-1] + bytes([data[-1] ^ 1]))


def _replace(store: EncryptedStore, key: str, other: bytes) -> None:
    store.raw.put(key, other)


ATTACKS: dict[str, Callable[[EncryptedStore, str, bytes], None]] = {
    "edited": _edit, "an older one put back": _replace, "deleted": lambda store, key, _: store.raw.delete(key),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("attack", ATTACKS)
def test_what_was_touched_is_refused_by_name_and_offers_nothing(
    office: MeetingOffice, kind: str, attack: str
) -> None:  # fmt: skip
    office.can_meet()
    query = office.asks()
    office.offers(query)
    (older,) = [office.home.store.raw.get(key) for key in _keys(office, kind)]
    office.can_meet(until="16:25")
    office.offers(query, 4)
    (key,) = _keys(office, kind)
    markers, said = office.markers(), office.events(query)
    ATTACKS[attack](office.home.store, key, older)
    with pytest.raises(Refused) as refused:
        office.offers(query, 5)
    assert key in str(refused.value)
    assert (office.markers(), office.events(query)) == (markers, said)


def _keys(office: MeetingOffice, kind: str) -> list[str]:
    return list(office.home.store.list(f"notes/meetings/{TEACHER}/{kind}-"))
