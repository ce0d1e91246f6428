"""The school whose mailbox is read: the one that is told by short notices."""

from tests.tasks.channels.email.plain.conftest import told

__all__ = ["told"]
