"""The two kinds of failure that are handled. No other exception is caught to go on.

A message never holds a value from the data: not a name, an address, a mark or an id of another system.
"""


class InputError(Exception):
    """A person must fix something.

    Args:
        code: closed reason code, kept in the log (`missing-file`, `unknown-cycle`, …).
        what: what is wrong.
        where: the file, setting or command it is wrong in.
        fix: what to do about it.
    """

    def __init__(self, code: str, what: str, where: str, remedy: str) -> None:
        super().__init__(code, what, where, remedy)  # all four: an exception must survive pickling between workers
        self.code, self.what, self.where, self.remedy = code, what, where, remedy

    def __str__(self) -> str:
        return f"{self.what} ({self.where}): {self.remedy}"


class Refused(InputError):  # noqa: N818 - a refusal is an answer, not a fault
    """The answer is no: a person asked for something the rules forbid. Always logged."""


class RetryableError(Exception):
    """Something outside was busy or away; the same call may succeed later."""
