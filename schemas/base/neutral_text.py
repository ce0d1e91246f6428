"""Words of strangers as they may be shown: in a terminal, a mail, a page."""

import re

_SHOWN = "□"  # in the place of what would move the cursor, recolour the screen, or turn the line round
_ACTIVE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]")
_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def neutral(text: str) -> str:
    """The same words without what acts: control characters and marks that override the direction are shown as a box.

    What is kept stays as it came; markup is for whoever writes HTML to escape. Marks that only join letters, or say
    which way a letter without direction runs, are part of many scripts and stay.
    """
    return _ACTIVE.sub(_SHOWN, _ENDS.sub("\n", text).replace("\t", " "))
