"""Section 6 of the procedure: once a year what was done is held against what was promised."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from termpost.tasks.home.home import Home
from termpost.tasks.records.review.make_review import MadeReview, make_review
from termpost.tasks.records.review.sign_review import sign_review
from termpost.tasks.runtime.private_files import private_folder, write_private


@dataclass(frozen=True)
class Reviewed:
    """What was made, and the day of the next one where somebody signed it."""

    made: MadeReview
    next_due: date | None


def review_policy(home: Home, year: str, out: Path, by: str | None = None, otp: str = "") -> Reviewed:
    """Counts the year, writes page, paper, numbers and evidence to a folder of its own, and has them signed.

    Args:
        by: staff id of whoever signs; None: nobody does yet.

    Raises:
        InputError: `no-year`, `no-data`, `not-private`, `not-writable`.
        Refused: as `Staff.prove` does; the files are there all the same.
    """
    made = make_review(home, year)
    folder = private_folder(out)
    for name, data in made.files.items():
        write_private(folder / name, data)
    return Reviewed(made, sign_review(home, made, by, otp) if by else None)
