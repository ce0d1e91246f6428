"""From a parcel to the files that leave, one for each channel that has files. Nobody can see them yet."""

from collections.abc import Mapping
from dataclasses import dataclass

from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity
from termpost.schemas.documents.parcel import Parcel
from termpost.tasks.channels.channel import FileChannel, ParcelContents
from termpost.tasks.channels.names import content_name
from termpost.tasks.channels.registry import file_channels, link_of
from termpost.tasks.documents.words.school_words import NO_WORDS, HomeWords
from termpost.tasks.home.home import Home
from termpost.tasks.secrets.object_tags import changed, gone
from termpost.tasks.stage.may_leave import approved_bytes, approved_insert

AGAIN = "release again; nothing of it was shown"


@dataclass(frozen=True)
class OutgoingFile:
    """What one channel will show, as it lies in the store."""

    channel: ChannelName
    key: str
    digest: str  # HMAC under the recipient's key


@dataclass(frozen=True)
class FailedFile:
    """What one channel could not make: a failed delivery for the office, and not the end of the run."""

    channel: ChannelName
    reason: str  # closed code


@dataclass(frozen=True)
class Outgoing:
    """One parcel, ready to be opened by the second code path."""

    parcel: Parcel
    files: tuple[OutgoingFile, ...] = ()
    failed: FailedFile | None = None  # then there is no file


def make_parcel_files(
    home: Home,
    cycle: str,
    parcel: Parcel,
    identity: ContactIdentity,
    students: Mapping[PersonRef, StudentIdentity],
    school_names: Mapping[str, str],
    code: str,
    cycle_title: str = "",
    words: HomeWords = NO_WORDS,
) -> Outgoing:
    """Makes the file of each channel of a parcel, puts them into the outgoing area, and digests what lies there."""
    renditions = [
        (approved_bytes(home, r, parcel.language, "html"), approved_bytes(home, r, parcel.language, "pdf"))
        for r in parcel.reports
    ]
    contents = ParcelContents(
        home=home, cycle=cycle, parcel=parcel, identity=identity, students=students, school_names=school_names,
        renditions=renditions, code=code, link=link_of(home, parcel, frozenset(parcel.channels)),
        cycle_title=cycle_title, words=words,
        inserts=[approved_insert(home, r, parcel.language) for r in parcel.reports],
    )  # fmt: skip
    made: list[tuple[FileChannel, bytes]] = []
    for channel in file_channels():
        if channel.name not in parcel.channels:
            continue
        try:
            made.append((channel, channel.prepare(contents)))
        except InputError as error:
            if error.code not in channel.failures:
                raise
            return Outgoing(parcel, failed=FailedFile(channel.name, error.code))
    return Outgoing(parcel, tuple(_put(home, cycle, parcel, channel, data) for channel, data in made))


def outgoing_bytes(home: Home, parcel: Parcel, file: OutgoingFile) -> bytes:
    """A file as it was sealed in this run.

    Raises:
        Refused: `object-gone`, `object-changed`.
    """
    try:
        data = home.store.get(file.key)
    except KeyError:
        raise gone(file.key, AGAIN) from None
    if home.people.digest(PersonRef(parcel.recipient), data) != file.digest:
        raise changed(file.key, AGAIN)
    return data


def people_in(parcel: Parcel) -> list[PersonRef]:
    """Everybody whom a file of the parcel is about."""
    return [PersonRef(parcel.recipient), *(PersonRef(report.student) for report in parcel.reports)]


def _put(home: Home, cycle: str, parcel: Parcel, channel: FileChannel, data: bytes) -> OutgoingFile:
    # by its content, since a run may have two parcels for one person: what they had, and what corrects another child's
    key = f"outgoing/{cycle}/{parcel.recipient}/{content_name(home, parcel)}-{channel.file}"
    home.store.put(key, data, about=people_in(parcel))
    return OutgoingFile(channel.name, key, home.people.digest(PersonRef(parcel.recipient), data))
