"""The model of a notice: addresses that can be written, and none of them in an error."""

from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError
from termpost.schemas.documents.notice import Notice, writable
from termpost.schemas.documents.report import Contact

GIVEN: dict[str, object] = {
    "language": "en", "school_language": "en", "school": "Harbour View", "reports": 1, "link": "https://x.example.org",
    "query_until": date(2022, 1, 5), "ask": Contact(name="Office"), "sender": "reports@schools.example.org",
    "recipient": "family@example.org", "deliveries": ("d1",), "list_id": "reports.schools.example.org",
    "written_at": datetime(2021, 12, 17, tzinfo=UTC),
}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("ana@example.org", "ana@example.org"),
        (" o'neil+school@sub.example.org ", "o'neil+school@sub.example.org"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("aña@example.org", None),
        ("ana@localhost", None),
        ('"a b"@example.org', None),
        ("Ana <ana@example.org>", None),
        ("ana@example.org\r\nBcc: x@example.org", None),
        ("ana@example.org,bo@example.org", None),
        ("a" * 65 + "@example.org", None),
        ("ana@" + "a" * 64 + ".org", None),
        ("ana@@example.org", None),
        ("ana.@example.org", None),
        ("", None),
    ],
)
def test_an_address_is_written_plainly_or_not_at_all(given: str, written: str | None) -> None:
    assert writable(given) == written


def test_a_bad_address_is_refused_and_not_repeated() -> None:
    for field in ("recipient", "sender"):
        with pytest.raises(ValidationError) as caught:
            Notice.model_validate(GIVEN | {field: "Ana Ng <secret@example.org>"})
        assert "secret" not in str(caught.value)
        assert "secret" not in repr(caught.value)


@pytest.mark.parametrize(
    "change", [{"deliveries": ()}, {"reports": 0}, {"written_at": datetime(2021, 12, 17)}, {"list_id": "a b"},  # noqa: DTZ001
               {"link": "http://portal.example.org"}, {"name": "Ana Ng"}],
)  # fmt: skip
def test_a_notice_without_a_delivery_a_zone_or_a_safe_link_is_none(change: dict[str, object]) -> None:
    assert Notice.model_validate(GIVEN).stop_to == "reports@schools.example.org"
    with pytest.raises(ValidationError):
        Notice.model_validate(GIVEN | change)
