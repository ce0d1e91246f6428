"""How a family gets the code that opens their reports."""

from typing import Literal

CodeWay = Literal["handover", "post"]
