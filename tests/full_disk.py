"""A disk that is full after so many files."""

from collections.abc import Callable


class Full:
    """A disk that takes so many files and no more."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def then(self, real: Callable[..., object]) -> Callable[..., object]:
        def step(*args: object) -> object:
            self.left -= 1
            if self.left < 0:
                raise OSError(28, "No space left on device", "disk")
            return real(*args)

        return step
