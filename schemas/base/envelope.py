"""The envelopes that reports are folded into, by the names of the trade."""

from typing import Literal

EnvelopeSize = Literal["10", "DL", "C5"]


def paper_for(envelope: EnvelopeSize) -> Literal["us-letter", "a4"]:
    """What fits it."""
    return "us-letter" if envelope == "10" else "a4"
