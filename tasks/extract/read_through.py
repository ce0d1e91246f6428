"""Reading a source to its end, and keeping it in landing."""

from dataclasses import dataclass

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import Extract
from termpost.tasks.extract.access import Access, access_of
from termpost.tasks.extract.inventory import ExtractFiles
from termpost.tasks.extract.land import Fingerprint, fingerprint, land
from termpost.tasks.extract.last_loaded import last_loaded
from termpost.tasks.extract.oneroster.service import forget_pages
from termpost.tasks.extract.source import open_source
from termpost.tasks.formats.registry import format_named
from termpost.tasks.home.home import Home


@dataclass(frozen=True)
class ReadExtract:
    """The files of an extract, and what they are by their content."""

    files: ExtractFiles
    weighed: Fingerprint


def read_through(home: Home, uri: str, access: Access) -> ReadExtract:
    """Reads the source through. A delta becomes the whole that it makes of the extract loaded last."""
    found = open_source(uri, access)
    weighed = fingerprint(found)
    form = format_named(weighed.form)
    if not form.is_delta(found):
        return ReadExtract(found, weighed)
    last = last_loaded(home, weighed)
    inserts = {file.name: file for file in (*last.inserts, *found.inserts)}
    whole = ExtractFiles(form.compose(found, last), found.skipped, sorted(inserts.values(), key=lambda file: file.name))
    return ReadExtract(whole, fingerprint(whole))


def keep(home: Home, uri: str, access: Access, read: ReadExtract) -> Extract:
    """Copies what was read to landing, without the columns nobody may keep."""
    privacy = home.settings.privacy
    extract = land(
        home.store, home.tags, read.files, read.weighed, privacy.drop_columns, home.clock, home.retention.landing_days,
        read.files.skipped,
    )  # fmt: skip
    forget_pages(uri, access)
    return extract


def pull_past(home: Home, uri: str) -> Extract:
    """Reads and keeps an extract that stands for itself, as one of a past term must.

    Raises:
        InputError: `delta-of-the-past`: what it changes is not what was so then.
    """
    access = access_of(home)
    found = open_source(uri, access)
    weighed = fingerprint(found)
    if format_named(weighed.form).is_delta(found):
        raise InputError("delta-of-the-past", "the bundle holds changes, and no whole term", "manifest.csv",
                         "export the term in bulk")  # fmt: skip
    return keep(home, uri, access, ReadExtract(found, weighed))
