"""A home is real or a rehearsal. The log's first entry says which, so no setting and no file turns one into the other.

Only a rehearsal may be told another day (`--as-of`) for what decides or lets out.
"""

from termpost.schemas.base.clock import SystemClock
from termpost.schemas.base.errors import Refused
from termpost.schemas.log.entry import REHEARSAL, Entry
from termpost.tasks.home.home import Home


def make_rehearsal(home: Home) -> None:
    """Makes a home whose log is empty a rehearsal, for ever.

    Raises:
        Refused: `home-is-real`, where the log began otherwise.
    """
    made = Home(home.path, SystemClock(), home.environ)  # no other day counts before the log says so
    if next(made.log.entries(), None) is not None and not made.is_rehearsal:
        raise Refused("home-is-real", "the log of this home began as that of a real one", str(home.path),
                      "make the rehearsal in another folder, with a store of its own")  # fmt: skip
    made.log.append("init", [Entry(kind="home_made", reason=REHEARSAL)])
