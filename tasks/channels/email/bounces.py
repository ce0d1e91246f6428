"""What bounces and delivery reports say, as entries of the log. Reading the same place again adds nothing."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.documents.notice import token_of
from termpost.schemas.log.entry import Logged
from termpost.tasks.channels.email.delivery_reports import Reports, StatusChange, read_reports
from termpost.tasks.home.home import Home

OPEN = ("sent", "uncertain", "delivered")  # a server may take a message and return it later


def ingest(home: Home, run: str, place: Path) -> tuple[Reports, int]:
    """Reads the reports of a place; returns them, and how many deliveries changed their state.

    Errors: InputError where the place is not there.
    """
    messages = messages_sent(home)
    reports = read_reports(place, messages)
    return reports, note_news(home, run, reports.news, messages)


def note_news(home: Home, run: str, news_of: Sequence[StatusChange], messages: dict[str, list[Logged]]) -> int:
    """Into the log; how many deliveries changed their state."""
    entries = [
        entry.model_copy(update={"kind": news.fate, "actor": "pipeline", "reason": news.reason, "count": None})
        for news in news_of if news.fate in ("delivered", "failed")
        for entry in messages[news.message_id] if entry.kind in OPEN and entry.kind != news.fate
    ]  # fmt: skip
    return len(home.log.append(run, [entry.fact for entry in entries]))


def messages_sent(home: Home) -> dict[str, list[Logged]]:
    """Message-ID → the last entry of each delivery that the message was about.

    A message is known by its deliveries: those planned for one recipient in one segment of the log, with those of
    whoever stands in the same notice (`via`). A short notice, which belongs to no cycle, is one delivery.
    """
    groups: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    last: dict[str, Logged] = {}
    for entry in home.log.entries():
        if entry.channel != ChannelName.EMAIL or not entry.delivery:
            continue
        last[entry.delivery] = entry
        if entry.kind == "planned" and entry.cycle is None:
            groups[entry.delivery, ""] = {entry.delivery}
        elif entry.kind == "planned":
            groups[entry.run, f"{entry.via or entry.recipient} {entry.at}"].add(entry.delivery)
    email = home.settings.channels.email
    domain = email.sender.rpartition("@")[2] if email else ""
    return {f"<{token_of(mine)}@{domain}>": [last[d] for d in sorted(mine)] for mine in groups.values()}
