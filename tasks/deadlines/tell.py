"""Who hears of the day's deadlines: once a day, on office days, and nobody twice whatever is killed or run again."""

from collections import Counter
from collections.abc import Sequence

from termpost.tasks.channels.email.plain.send import send_plain
from termpost.tasks.deadlines.class_digest import class_digests
from termpost.tasks.deadlines.deadline import Deadline
from termpost.tasks.deadlines.digest import office_digests
from termpost.tasks.home.home import Home


def tell_staff(home: Home, run: str, deadlines: Sequence[Deadline]) -> Counter[str]:
    """How many messages ended how (tasks/channels/email/plain/send.py); none on a day off, or without a relay.

    Raises:
        InputError, RetryableError: the way out is not what it should be, or away. The next call goes on.
    """
    if home.settings.channels.email is None or not home.calendar.is_office_day(home.today):
        return Counter()
    mails = [*office_digests(home, deadlines), *class_digests(home)]
    return send_plain(home, run, mails) if mails else Counter()
