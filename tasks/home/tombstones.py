"""The mark under which somebody who was erased would come back: an HMAC of the id that the source has of them.

It lies in the log, which outlives backups, so that a home that was restored keeps them out too. Nobody without the
home's keys can tell whose it is; the key is that of the lookup of people, which every rotation carries.
"""

import hmac
from collections.abc import Iterable

from termpost.schemas.log.records.erasures import Erasures
from termpost.tasks.home.home import Home
from termpost.tasks.secrets.keys import Keys


def mark_of(keys: Keys, source_id: str) -> str:
    """Hex, 32 bytes; no lookup is ever made of such a text, since no id has a control character."""
    return hmac.digest(keys.derive("people/lookup"), b"erased\0" + source_id.encode(), "sha256").hex()


def erased_ids(home: Home, source_ids: Iterable[str]) -> frozenset[str]:
    """Those ids whose people were erased, and whom nobody let in again."""
    marks = Erasures.fold(home.log.entries("erased")).marks
    if not marks:
        return frozenset()
    return frozenset(one for one in source_ids if mark_of(home.keys, one) in marks)


def has_erased(home: Home) -> bool:
    """Whether anybody was."""
    return bool(Erasures.fold(home.log.entries("erased")).marks)
