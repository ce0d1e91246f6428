"""Whether every kind of record has a line in `retention.toml`, and nothing else says something different."""

from collections.abc import Iterator

from termpost.schemas.base.errors import InputError
from termpost.schemas.retention.load import has_page, overruled
from termpost.schemas.retention.policy import FILE
from termpost.tasks.home.home import Home
from termpost.tasks.store.finding import Finding


def audit_retention(home: Home) -> Iterator[Finding]:
    """A page with a gap lets nothing go wrong today, and is unsafe: nobody decided how long that kind is kept."""
    try:
        home.retention.refuse_gaps()
    except InputError as error:
        yield Finding("retention", "lacks", f"{error.where}: {error.what}", error.remedy, stops_runs=False)
        return
    for name in overruled(home.path, home.written.privacy):
        yield Finding("retention", "warns", f"termpost.toml [privacy] {name} counts for nothing: {FILE} decides",
                      "take it out of termpost.toml, or change the page", stops_runs=False)  # fmt: skip
    whose = "of this home" if has_page(home.path) else "that ships: the home has none of its own"
    yield Finding("retention", "holds", f"each kind of record has a line in the page {whose}")
