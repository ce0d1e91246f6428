"""What is printed: text without hidden characters, and values that may be absent."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator
from termpost.schemas.base.frozen import FrozenModel
from termpost.tasks.documents.wording import visible

VisibleText = Annotated[str, AfterValidator(visible)]


class PrintedValue(FrozenModel):
    """A value as printed. Where it is absent, `text` is a dash and a word."""

    text: VisibleText
    absent: bool = False
    exact: Decimal | None = None  # the figure that `text` writes, where it is one; nothing is rounded in either
    of: Decimal | None = None  # points that it is out of
