"""The error that a validator of a setting raises."""

from pydantic_core import PydanticCustomError


def wrong(what: str, remedy: str, at: tuple[str | int, ...] = ()) -> PydanticCustomError:
    """What a validator raises: the fault, its remedy, and `at`, the place below the model that is at fault."""
    return PydanticCustomError("setting", "{what}", {"what": what, "remedy": remedy, "at": list(at)})
