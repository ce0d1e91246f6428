"""The same small school as the laws have."""

from tests.laws.conftest import school

__all__ = ["school"]
