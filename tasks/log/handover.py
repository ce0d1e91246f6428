"""From one signing key of the log to the next: the log itself says so, signed by the key that goes."""

import base64
from pathlib import Path

from termpost.tasks.log.refusals import HandedOverError
from termpost.tasks.runtime.atomic_files import write_durably
from termpost.tasks.secrets.keys import END, LOG, Keys, keys_text, parse_keys
from termpost.tasks.secrets.signers import RetiredKey, raw

NEXT = "log.key.next"  # the key that is about to sign; durable before the log names it


def finish_handover(folder: Path, keys: Keys, handed: HandedOverError) -> None:
    """Puts the key in place that the log was handed over to, and writes down where the earlier one ended.

    Raises:
        HandedOverError: as given, where that key is not here.
    """
    try:
        text = (folder / NEXT).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise handed from None
    following = parse_keys(keys_text(keys.master), text)
    if base64.b64encode(raw(following.log_key.public_key())).decode() != handed.public:
        raise handed
    ended = RetiredKey(handed.place.segment, handed.place.sha256, raw(keys.log_key.public_key()))
    lines = [*(one.line for one in (*keys.log_earlier, ended)), (END, keys.log_end)]
    write_durably(folder / LOG, keys_text(following.log, lines).encode())
    (folder / NEXT).unlink(missing_ok=True)
