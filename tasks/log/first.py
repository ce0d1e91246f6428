"""The log's first entry, which says what kind of home this is: read alone, since whatever is made asks for it."""

from termpost.schemas.base.errors import InputError
from termpost.schemas.log.entry import Logged
from termpost.tasks.log.segments import BrokenError, ChainPlace, read_segment, segment_key
from termpost.tasks.secrets.signers import Signers
from termpost.tasks.store.interface import Store


def first_entry(store: Store, signers: Signers) -> Logged | None:
    """None while the log is empty. The segment's own signature vouches for it; the rest of the chain is not read.

    Raises:
        InputError: `log-broken`.
    """
    try:
        _, rows = read_segment(store.get(segment_key(1)), ChainPlace(), signers)
        return Logged.model_validate(next(iter(rows)))
    except KeyError:
        return None
    except BrokenError as error:
        raise InputError("log-broken", f"the distribution log does not hold ({error.reason})", segment_key(1),
                         "run `termpost log verify` and restore what was changed from a copy") from error  # fmt: skip
