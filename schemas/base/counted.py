"""A number with what it counts, as English says it: for commands, messages to the office and reasons."""


def counted(n: int, one: str, many: str = "") -> str:
    """`1 student`, `2 students`, `1,000 students`.

    Args:
        one: of one of them, with whatever follows that must agree: `person`, `grade is`.
        many: of any other number; empty: `one` with an s.
    """
    return f"{n:,} {one if n == 1 else many or f'{one}s'}"
