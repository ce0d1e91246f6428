"""A print pack: envelopes that are printed and carried together, each under a mark that stays its own. References only.

A pack is written once and never changes. What is in an envelope now, its newest pack says.
"""

import re
from typing import Final, Literal

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.frozen import FrozenModel

PACK_FORMAT: Final = "termpost.pack/1"
Sort = Literal["class", "postcode"]
SORTS: tuple[Sort, ...] = ("class", "postcode")


class PackedReport(FrozenModel):
    """One delivery that the envelope is."""

    delivery: str
    report: str
    version: int
    student: str


class Insert(FrozenModel):
    """A released document written elsewhere."""

    object: str  # store key
    digest: str  # as the log has it: HMAC under the student's key; sha256 of what everybody gets
    student: str | None = None  # whose envelopes it joins; None: everybody's


class PackedEnvelope(FrozenModel):
    """One recipient's envelope."""

    number: int  # within the cycle, so that a range needs no pack
    recipient: str
    object: str  # store key
    digest: str  # HMAC under the recipient's key
    reports: tuple[PackedReport, ...]
    enclosed: tuple[Insert, ...] = ()

    @property
    def content(self) -> tuple[str, str, tuple[Insert, ...]]:
        """What is printed: an envelope with other content gets another mark."""
        return self.object, self.digest, self.enclosed


class Pack(FrozenModel):
    """Envelopes in the order in which they are printed."""

    format: Literal["termpost.pack/1"] = PACK_FORMAT
    cycle: str
    school: str
    number: int  # within the cycle
    sort: Sort
    class_id: str | None = None  # of a pack by class; None: of no class
    envelopes: tuple[PackedEnvelope, ...]

    @property
    def key(self) -> str:
        """Where it lies in the store."""
        return f"print/{self.school}/{self.cycle}/packs/{self.number:02}.json"

    def mark(self, envelope: PackedEnvelope) -> str:
        """`07-0123`: pack and envelope."""
        return f"{self.number:02}-{envelope.number:04}"


class ChosenEnvelopes(FrozenModel):
    """Which of the envelopes are meant; without anything, all."""

    pack: int | None = None
    first: int | None = None
    last: int | None = None
    school: str | None = None

    def has(self, pack: Pack, envelope: PackedEnvelope) -> bool:
        """Whether this envelope is meant."""
        return (
            self.pack in (None, pack.number)
            and self.school in (None, pack.school)
            and (self.first is None or self.first <= envelope.number)
            and (self.last is None or envelope.number <= self.last)
        )

    @property
    def is_part(self) -> bool:
        """Whether single envelopes are named."""
        return self.first is not None


def chosen(pack: str | None, span: str | None, mark: str | None, school: str | None = None) -> ChosenEnvelopes:
    """From what was typed: `07`, `0120-0135` or `0120`, `07-0123`.

    Raises:
        InputError: `bad-range`, also where a mark stands for a range: 07-0123 is one envelope and no 117 of them.
    """
    if mark is not None:
        found = re.fullmatch(r"([0-9]{2,})-([0-9]{4,})", mark)
        if found is None or pack is not None or span is not None:
            raise _bad("--mark", "write it alone, as it stands on the paper: --mark 07-0123")
        number = int(found[2])
        return ChosenEnvelopes(pack=int(found[1]), first=number, last=number, school=school)
    if pack is not None and not re.fullmatch(r"[0-9]{1,4}", pack):
        raise _bad("--pack", "write the number of the pack: --pack 07")
    first = last = None
    if span is not None:
        found = re.fullmatch(r"([0-9]{4,})(?:-([0-9]{4,}))?", span)
        if found is None:
            raise _bad("--range", "write the numbers after the pack's, with all digits: --range 0120-0135")
        first, last = int(found[1]), int(found[2] or found[1])
        if first > last:
            raise _bad("--range", "write the lower number first: --range 0120-0135")
    return ChosenEnvelopes(pack=int(pack) if pack else None, first=first, last=last, school=school)


def _bad(option: str, remedy: str) -> InputError:
    return InputError("bad-range", "this names no envelopes", option, remedy)
