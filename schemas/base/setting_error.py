"""How a validator of a setting says what is wrong with it."""

from pydantic_core import PydanticCustomError


def wrong(what: str, mend: str, at: tuple[str | int, ...] = ()) -> PydanticCustomError:
    """What a validator raises: the fault, its mend, and `at`, the place below the model that is at fault."""
    return PydanticCustomError("setting", "{what}", {"what": what, "mend": mend, "at": list(at)})
