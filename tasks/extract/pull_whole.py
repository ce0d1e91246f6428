"""Copying an extract that stands for itself, as one of a past term must."""

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import Extract
from termpost.tasks.extract.access import access_of
from termpost.tasks.extract.land import fingerprint, land
from termpost.tasks.extract.oneroster.service import forget_pages
from termpost.tasks.extract.source import open_source
from termpost.tasks.formats.registry import format_named
from termpost.tasks.home.home import Home


def pull_whole(home: Home, uri: str) -> Extract:
    """Reads the source through, and only then keeps it in landing, without the columns nobody may keep.

    Raises:
        InputError: `delta-of-the-past`: what it changes is not what was so then.
    """
    access, privacy = access_of(home), home.settings.privacy
    files = open_source(uri, access)
    weighed = fingerprint(files)
    if format_named(weighed.form).is_delta(files):
        raise InputError("delta-of-the-past", "the bundle holds changes, and no whole term", "manifest.csv",
                         "export the term in bulk")  # fmt: skip
    extract = land(
        home.store, home.tags, files, weighed, privacy.drop_columns, home.clock, privacy.landing_days, files.skipped
    )
    forget_pages(uri, access)
    return extract
