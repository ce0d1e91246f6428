"""Law 13 for print packs: whatever a fault puts onto a sheet, no pack is written in which a stranger is found."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pikepdf
import pytest
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.documents.pack import ChosenEnvelopes
from termpost.tasks.channels.print import print_run
from termpost.tasks.channels.print.compose import STRIP, Composed, EnvelopeContents, compose
from termpost.tasks.channels.print.print_run import Printed, PrintWish, print_packs
from termpost.tasks.channels.print.recheck import envelopes_in
from termpost.tasks.documents.pdf_text import read_pages

from tests.school import CYCLE, Prepared

Fault = Callable[[Prepared], AbstractContextManager[object]]


def printed(school: Prepared, folder: Path) -> Printed:
    return print_packs(school.open(), PrintWish(CYCLE, ChosenEnvelopes()), folder, "operator")


def _before(change: Callable[[list[EnvelopeContents]], list[EnvelopeContents]]) -> Fault:
    """The composer gets other sheaves than were gathered."""

    def faulty(sheaves: Sequence[EnvelopeContents], **how: Any) -> Composed:
        return compose(change(list(sheaves)), **how)

    return lambda _: patch.object(print_run, "compose", faulty)


def _after(change: Callable[[pikepdf.Pdf], None]) -> Fault:
    """The composer leaves another file behind."""

    def faulty(sheaves: Sequence[EnvelopeContents], **how: Any) -> Composed:
        made = compose(sheaves, **how)
        with pikepdf.open(BytesIO(made.pdf)) as pack:
            change(pack)
            out = BytesIO()
            pack.save(out)
        return replace(made, pdf=out.getvalue())

    return lambda _: patch.object(print_run, "compose", faulty)


def _swapped(sheaves: list[EnvelopeContents]) -> list[EnvelopeContents]:
    """Two envelopes, each under the other's mark."""
    first, second, *rest = sheaves
    return [replace(first, envelope=second.envelope), replace(second, envelope=first.envelope), *rest]


def _one_too_many(sheaves: list[EnvelopeContents]) -> list[EnvelopeContents]:
    return [replace(sheaves[0], enclosed=(sheaves[1].envelope,)), *sheaves[1:]]


def _lose_page(pack: pikepdf.Pdf) -> None:
    del pack.pages[2]


def _lose_the_end(pack: pikepdf.Pdf) -> None:
    del pack.pages[-2:]


def _turn_a_sheet_round(pack: pikepdf.Pdf) -> None:
    """One page earlier: the back of a sheet is the start of the next envelope."""
    pages = list(pack.pages)
    starts = [n for n, page in enumerate(read_pages(_bytes(pack), STRIP)) if " 1 of " in page.foot]
    pack.pages.insert(starts[1], pages[0])
    del pack.pages[0]


def _sheet_of_another(pack: pikepdf.Pdf) -> None:
    """Under the mark of the first report stands the last family's."""
    last = next(page for page in reversed(list(pack.pages)) if "/x0" in page.Resources.XObject)
    pack.pages[2].Resources.XObject["/x0"] = last.Resources.XObject["/x0"]


def _bytes(pack: pikepdf.Pdf) -> bytes:
    out = BytesIO()
    pack.save(out)
    return out.getvalue()


def _attach_data(pack: pikepdf.Pdf) -> None:
    pack.attachments["report.json"] = pikepdf.AttachedFileSpec(pack, b"{}", filename="report.json")


FAULTS: dict[str, tuple[Fault, tuple[str, ...]]] = {
    "two envelopes under each other's mark": (_before(_swapped), ("wrong-student",)),
    "another envelope within one": (
        _before(_one_too_many),
        ("wrong-student", "unstamped-page", "mixed-stamps", "strange-page"),
    ),
    "the sheet of another family": (_after(_sheet_of_another), ("wrong-student",)),
    "a page is lost": (_after(_lose_page), ("torn-pack",)),
    "the last sheet is lost": (_after(_lose_the_end), ("torn-pack",)),
    "a sheet with two recipients": (_after(_turn_a_sheet_round), ("torn-pack",)),
    "an envelope is lost": (_before(lambda sheaves: sheaves[1:]), ("torn-pack",)),
    "data is attached to it": (_after(_attach_data), ("strange-attachment",)),
    "an envelope is there twice": (_before(lambda s: [*s, replace(s[0], mark="01-0009")]), ("torn-pack",)),
}


@pytest.mark.released
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_composing_is_found_and_nothing_is_written(school: Prepared, tmp_path: Path, name: str) -> None:
    fault, codes = FAULTS[name]
    with fault(school), pytest.raises(InputError) as caught:
        printed(school, tmp_path / "out")
    assert caught.value.code in codes
    assert list((tmp_path / "out").iterdir()) == []
    assert school.entries("exported") == []


@pytest.mark.released
def test_the_second_code_path_is_what_refuses(school: Prepared, tmp_path: Path) -> None:
    with _before(_swapped)(school), patch.object(print_run, "recheck_pack", return_value=set()):
        assert printed(school, tmp_path / "out").packs


@pytest.mark.released
def test_a_letter_to_another_family_is_left_out(school: Prepared, tmp_path: Path) -> None:
    """Right reports behind another's address: the letter's page comes from elsewhere."""

    def other_letter(pack: pikepdf.Pdf) -> None:
        letters = [n for n, page in enumerate(read_pages(_bytes(pack), STRIP)) if " 1 of " in page.foot]
        if len(letters) == 3:
            mine, hers = pack.pages[letters[0]], pack.pages[letters[1]]
            mine.Contents = pikepdf.Array([mine.Contents[0], *list(hers.Contents)[1:-1], mine.Contents[-1]])
            for kind in ("/Font", "/ColorSpace"):
                mine.Resources[kind] = hers.Resources[kind]

    with _after(other_letter)(school):
        assert printed(school, tmp_path / "out").left_out == {"01-0001": "address-changed"}


@pytest.mark.released
def test_between_two_borders_are_only_the_students_of_that_recipient(school: Prepared, tmp_path: Path) -> None:
    printed(school, tmp_path / "out")
    found = envelopes_in((tmp_path / "out" / "pack-01.pdf").read_bytes(), duplex=True)
    assert [one.mark for one in found] == ["01-0001", "01-0002", "01-0003"]
    assert all(one.pages[0][0] % 2 == 0 and len(one.pages) % 2 == 0 for one in found)


def test_a_pack_without_marks_is_torn() -> None:
    with pikepdf.new() as pack:
        pack.add_blank_page()
        with pytest.raises(Refused, match="no mark"):
            envelopes_in(_bytes(pack), duplex=False)
