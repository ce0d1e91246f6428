"""Keys of artifacts: each institution has its own, since a server shows the newest of a key, whoever made it."""

import re

from termpost.flows.deployments.wanted import name_of
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import Run
from termpost.tasks.home.home import shared_home


def key_of(run: Run, what: str, about: str = "") -> str:
    """Small letters, digits and dashes, as a key takes them: `prepared-reports-grand-bend`."""
    institution = shared_home(run).settings.institution  # a rehearsal says that it is one
    try:
        whose = name_of(institution.short_name or institution.name)
    except InputError:  # in another script
        whose = "home"
    return re.sub("[^a-z0-9]+", "-", "-".join(filter(None, (what, whose, about))).lower()).strip("-")
