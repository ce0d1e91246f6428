"""The meetings that are agreed on, as a conference sheet has them: one sheet for each, since a sheet lies between the
teacher and one household, and says nothing of a meeting with the other."""

from collections import defaultdict
from zoneinfo import ZoneInfo

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.feedback.staff_times import MeetingSlot
from termpost.schemas.log.meetings.meeting_states import MeetingState
from termpost.tasks.documents.printed import PrintedValue
from termpost.tasks.documents.wording import Translator, translator_for
from termpost.tasks.feedback.meetings.all_meetings import open_book
from termpost.tasks.feedback.meetings.who_may_meet import pair_of, who_may_meet
from termpost.tasks.feedback.meetings.words import place_words, time_words
from termpost.tasks.home.home import Home
from termpost.tasks.render.report_view import Field


def agreed_meetings(home: Home) -> dict[PersonRef, list[tuple[Field, ...]]]:
    """Student → what a sheet says of each meeting that is still to come, the earliest first; of nobody whose right has
    ended. Two households that asked for one meeting have one sheet."""
    book, now = open_book(home), home.clock.today()
    may = who_may_meet(home, (pair for state in book.meetings.booked() if (pair := pair_of(state))))
    found: defaultdict[str, dict[str, tuple[MeetingSlot, MeetingState]]] = defaultdict(dict)
    for state in book.meetings.booked():
        slot = book.booked_slot(state)
        if slot and state.student and slot.ends > now and state.is_live and pair_of(state) in may:
            of_both = found[state.student].setdefault(slot.id, (slot, state))[1]
            of_both.wishes |= state.wishes
    translator = translator_for(home.settings.institution.languages[0], home.calendar.country)
    return {
        PersonRef(student): [
            meeting_facts(translator, home.calendar.zone, slot, state.booked.via if state.booked else None,
                          interpreter="interpreter" in state.wishes)
            for slot, state in sorted(of.values(), key=lambda one: one[0].starts)
        ]
        for student, of in found.items()
    }  # fmt: skip


def meeting_facts(
    translator: Translator, zone: ZoneInfo, slot: MeetingSlot, way: str | None, *, interpreter: bool
) -> tuple[Field, ...]:
    """When, where, and whether an interpreter is wanted."""
    said = {"when": time_words(translator, slot, zone), "where": place_words(translator, slot, way)}
    if interpreter:
        said["interpreter"] = translator.text("conference", "interpreter_wanted")
    return tuple(
        Field(label=translator.text("conference", key), value=PrintedValue(text=text)) for key, text in said.items()
    )
