"""Whether the objects that the log names lie in the store as the log says."""

from collections.abc import Callable

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.entry import Logged
from termpost.tasks.home.home import Home


def object_is_as_logged(home: Home) -> Callable[[Logged], bool]:
    """A check for one entry with object and digest; entries about no person are theirs to judge by other means."""

    def judge(entry: Logged) -> bool:
        person = entry.student or entry.recipient
        if person is None or entry.object is None:
            return True
        try:
            return home.people.digest(PersonRef(person), home.store.get(entry.object)) == entry.digest
        except KeyError:
            return False

    return judge
