"""The error for a home whose files are in another format than this version works on."""

from importlib.metadata import version

from termpost.schemas.base.errors import InputError


def program_version() -> str:
    return version("termpost")


def other_format(code: str, what: str, found: int | None, current: int, where: str) -> InputError:
    """The refusal of an older format, which `termpost migrate` brings up to date, or of a newer one.

    Args:
        what: whose format it is, as the sentence begins: `the history`.
        found: None where it says none.
    """
    is_newer = found is not None and found > current
    remedy = "use the version of termpost that wrote it" if is_newer else "run `termpost migrate`"
    said = f"is of format {found}" if found is not None else "is of no known format"
    return InputError(code, f"{what} {said}, and termpost {program_version()} works on format {current}", where, remedy)
