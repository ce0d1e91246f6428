"""What the office does with access codes: gives them out, records who has theirs, and replaces one that was lost."""

from collections.abc import Sequence
from dataclasses import dataclass

from termpost.schemas.base.code_way import CodeWay
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.code_counters import (
    HANDED_OVER,
    ISSUED,
    LISTED,
    REPLACED,
    CodeHolding,
    CodeHoldings,
    Identified,
)
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.published_objects import Visible
from termpost.tasks.channels.portal.void_code import reseal_live, void_code
from termpost.tasks.channels.registry import is_page
from termpost.tasks.documents.words.school_words import words_of_home
from termpost.tasks.home.home import Home
from termpost.tasks.home.staff_changes import OPERATOR
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.papers.code_letter import CodeLetter, make_code_letters
from termpost.tasks.papers.code_list import make_code_list
from termpost.tasks.papers.code_recipients import code_letters_for
from termpost.tasks.papers.code_slip import make_code_slips
from termpost.tasks.rights.call_back import refuse_new_number
from termpost.tasks.secrets.staff import Role

MAY: frozenset[Role] = frozenset({"registrar", "head", "office"})
WHO = "see `termpost recipients` for who would get what, and why not"


@dataclass(frozen=True)
class IssuedCodes:
    """Papers, each recipient's on a sheet of its own."""

    way: CodeWay
    count: int
    papers: bytes  # PDF: letters or slips
    listed: bytes | None = None  # PDF: the list by which slips are handed over


@dataclass(frozen=True)
class CodeStanding:
    """One recipient's code."""

    recipient: PersonRef
    has_page: bool  # something to open
    holding: CodeHolding

    @property
    def is_missing(self) -> bool:
        """Whether they have a page and, as far as is known, no code: a slip that waits was not given."""
        return self.has_page and self.holding.state in ("none", "listed")


def issue_codes(home: Home, recipient: PersonRef | None, way: CodeWay | None) -> IssuedCodes:
    """Makes the papers; the log knows first.

    Args:
        way: None: the first of the school's ways.

    Raises:
        InputError: `not-that-way`, `nobody-to-write-to`.
    """
    ways = home.settings.codes.by
    chosen = way or ways[0]
    refuse_other_way(home, chosen, "--way", f'add "{chosen}" to [codes] by of termpost.toml')
    letters = code_letters_for(home, recipient)
    if not letters:
        raise InputError("nobody-to-write-to", "nobody has the right to a report today", "codes issue", WHO)
    reason = ISSUED if chosen == "post" else LISTED
    home.log.append("codes-issue", [_said(OPERATOR, whose, reason) for whose in letters])
    return _papers(home, chosen, list(letters.values()))


def refuse_other_way(home: Home, way: CodeWay, where: str, remedy: str) -> None:
    """Raises InputError `not-that-way`, where no code of this school goes that way."""
    if way not in home.settings.codes.by:
        what = "codes are not sent by post here" if way == "post" else "codes are not handed over here"
        raise InputError("not-that-way", what, where, remedy)


def hand_over(home: Home, recipients: Sequence[PersonRef], staff: str, otp: str) -> None:
    """Records who was given the code that counts today.

    Raises:
        InputError: `no-code`.
        Refused: as `Staff.prove` does; a code of the app counts once, so it is asked last.
    """
    known = {one.recipient for one in code_standings(home)}
    if not known.issuperset(recipients):
        raise InputError("no-code", "this person has no code, since no report may go to them", "--recipient", WHO)
    who = home.staff.prove(staff, otp, home.clock.now(), MAY)
    home.log.append("codes-handed-over", [_said(who, one, HANDED_OVER) for one in dict.fromkeys(recipients)])


def replace_code(home: Home, recipient: PersonRef, identified: Identified, staff: str, otp: str) -> tuple[bytes, int]:
    """The slip with the next code, and how many live pages are sealed under it. Only for a run that has all turns.

    Raises:
        InputError: `no-code`.
        Refused: `no-number`, `number-too-new`, or as `Staff.prove` does.
    """
    if not code_letters_for(home, recipient):
        raise InputError("no-code", "this person has no code, since no report may go to them", "--recipient", WHO)
    if identified == "call-back":
        with open_lake(home.lake) as lake:
            refuse_new_number(home, lake, recipient)
    who = home.staff.prove(staff, otp, home.clock.now(), MAY)
    reseal_live(home, "codes-replace")  # of a revocation that was killed
    done = void_code(home, "codes-replace", who, recipient, REPLACED[identified])
    letters = list(code_letters_for(home, recipient).values())
    home.log.append("codes-replace", [_said(who, recipient, LISTED)])
    words = words_of_home(home.path, home.settings.institution.languages)
    return make_code_slips(home.settings, letters, home.today, words), done


def code_standings(home: Home) -> list[CodeStanding]:
    """Everyone who may have a report today or has a page to open, in the order of the names; then who has a page."""
    entries = list(home.log.entries())
    holdings = CodeHoldings(entries)
    pages = {PersonRef(one.recipient) for one in Visible.fold(entries).live() if is_page(one.channel)}
    everyone = dict.fromkeys([*code_letters_for(home, None), *sorted(pages)])
    return [CodeStanding(one, one in pages, holdings.of(one)) for one in everyone]


def _papers(home: Home, way: CodeWay, letters: Sequence[CodeLetter]) -> IssuedCodes:
    settings, today = home.settings, home.today
    words = words_of_home(home.path, settings.institution.languages)
    if way == "post":
        return IssuedCodes(way, len(letters), make_code_letters(settings, letters, today, words))
    slips, listed = make_code_slips(settings, letters, today, words), make_code_list(settings, letters, today)
    return IssuedCodes(way, len(letters), slips, listed)


def _said(actor: str, recipient: PersonRef, reason: str) -> Entry:
    return Entry(kind="settings_changed", actor=actor, recipient=recipient, reason=reason)
