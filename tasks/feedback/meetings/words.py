"""What people read of a meeting: when, where and with whom, in their language. Never a child's name."""

from zoneinfo import ZoneInfo

from babel.dates import format_time
from termpost.schemas.documents.feedback.staff_times import MeetingSlot, TimeSpan
from termpost.tasks.documents.wording import Translator
from termpost.tasks.home.home import Home


def place_words(translator: Translator, slot: MeetingSlot, way: str | None) -> str:
    """Where one meets: a room, by phone, or by a video call without its link."""
    if way == "phone":
        return translator.text("meeting", "phone")
    if way == "video":
        return translator.text("meeting", "video")
    return translator.text("meeting", "room", room=slot.room) if slot.room else translator.text("meeting", "office")


def time_words(translator: Translator, span: TimeSpan, zone: ZoneInfo) -> str:
    """When one meets: the day, and from which hour to which by the school's clock."""
    starts, ends = span.starts.astimezone(zone), span.ends.astimezone(zone)
    begins, until = (format_time(one.time(), format="short", locale=translator.locale) for one in (starts, ends))
    return translator.text("conference", "at", day=translator.day(starts.date()), begins=begins, ends=until)


def staff_name(home: Home, staff: str | None) -> str:
    """As the list of staff has it, who left too."""
    return next((one.name for one in home.staff.list() if one.id == staff), "")
