"""The small school of the laws: an attack begins where everything is in order."""

from tests.laws.conftest import school

__all__ = ["school"]
