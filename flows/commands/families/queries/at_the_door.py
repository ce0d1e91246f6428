"""What somebody of the school did to a query shows behind the family's door at once, not with the next run."""

from termpost.tasks.feedback.door.refresh import refresh_doors
from termpost.tasks.feedback.queries import threads_of
from termpost.tasks.home.home import Home


def show_at_every_door(home: Home, run: str) -> None:
    """The same of what belongs to a report, and so to everybody who may have it."""
    refresh_doors(home, run)


def show_at_door(home: Home, run: str, query_id: str) -> None:
    """Makes the door of whoever asked anew; of nobody known there is none."""
    thread = threads_of(home).get(query_id)
    if thread is not None and thread.contact is not None:
        refresh_doors(home, run, [thread.contact])
