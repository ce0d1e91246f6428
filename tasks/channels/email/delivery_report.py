"""One message from a mail system about one of ours: a delivery report of RFC 3464, or something else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Literal

from termpost.tasks.channels.email.message import ENVELOPE_HEADER

DsnFate = Literal["delivered", "failed", "delayed"]
IgnoredReason = Literal["no-report", "not-understood", "not-ours", "contradicts-itself", "passed-on", "too-large"]

FATES: dict[str, DsnFate] = {"delivered": "delivered", "failed": "failed", "delayed": "delayed"}
PASSED_ON = frozenset({"relayed", "expanded"})  # into a place that reports nothing more: no news
CLASSES: dict[DsnFate, str] = {"delivered": "2", "failed": "45", "delayed": "4"}  # 4 fails too, once the time is up
STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
HEADER_TYPES = frozenset({"text/rfc822-headers", "message/global-headers"})
WHOLE_TYPES = frozenset({"message/rfc822", "message/global"})
LARGEST = 10_485_760  # bytes
_STATUS = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})\b")
_ID = re.compile(r"<?(m[0-9a-f]{32})(@[^\s<>@]+)?>?")  # Notice.token, alone or as a Message-ID


@dataclass(frozen=True)
class DsnResult:
    """What a report says of the message with this token."""

    token: str
    fate: DsnFate
    reason: str  # closed code, `bounce-5.1.1`


def read_report(data: bytes) -> DsnResult | IgnoredReason:
    """What a report says, or why it says nothing that can be used. Takes any bytes and never raises.

    Only a report that names one of our messages in what it returns of it counts. A subject or a text proves nothing.
    """
    if len(data) > LARGEST:
        return "too-large"
    try:
        return _read(message_from_bytes(data))
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError):  # what the parser does to nonsense
        return "not-understood"


def _read(message: Message) -> DsnResult | IgnoredReason:
    parts = _parts(message)
    statuses = [part for part in parts if part.get_content_type() in STATUS_TYPES]
    if not statuses:
        return "no-report"
    if len(statuses) > 1:
        return "contradicts-itself"
    blocks = _blocks(statuses[0])
    tokens = {token for text in _identities(blocks, parts) if (token := _token(text))}
    if len(tokens) != 1:
        return "contradicts-itself" if tokens else "not-ours"
    return _told(tokens.pop(), blocks[1:])


def _parts(message: Message) -> list[Message]:
    """What stands directly in a report (RFC 6522); a report that is only enclosed, as in a forwarded one, is none."""
    payload = message.get_payload()
    is_report = message.get_content_type() == "multipart/report"
    if not is_report or str(message.get_param("report-type")).lower() != "delivery-status":
        return []
    return [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []


def _blocks(status: Message) -> list[Message]:
    """The fields about the message, then those about each recipient (RFC 3464, 2.1)."""
    payload = status.get_payload()
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _identities(blocks: list[Message], parts: list[Message]) -> Iterator[str]:
    """Everything that names the message reported about."""
    for block in blocks[:1]:
        yield str(block.get("Original-Envelope-Id", ""))
    for part in parts:
        returned = _returned(part)
        for header in ("Message-ID", ENVELOPE_HEADER):
            if returned is not None:
                yield str(returned.get(header, ""))


def _returned(part: Message) -> Message | None:
    """Our message, or its header, as it comes back."""
    if part.get_content_type() in HEADER_TYPES:
        return message_from_bytes(_payload(part))
    inside = part.get_payload()
    if part.get_content_type() in WHOLE_TYPES and isinstance(inside, list) and inside:
        return inside[0] if isinstance(inside[0], Message) else None
    return None


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _token(text: str) -> str | None:
    found = _ID.fullmatch(text.strip())
    return found[1] if found else None


def _told(token: str, recipients: list[Message]) -> DsnResult | IgnoredReason:
    """Our messages have one recipient each; several blocks are its copies, and one that arrived is an arrival."""
    actions = [(str(block.get("Action", "")).strip().lower(), str(block.get("Status", ""))) for block in recipients]
    if not actions or any(action not in FATES and action not in PASSED_ON for action, _ in actions):
        return "not-understood"
    for action in ("delivered", "delayed", "failed"):
        statuses = [status for found, status in actions if found == action]
        if statuses and (action != "failed" or len(statuses) == len(actions)):
            return _with_reason(token, FATES[action], statuses[0])
    return "passed-on"


def _with_reason(token: str, fate: DsnFate, status: str) -> DsnResult | IgnoredReason:
    found = _STATUS.match(status)
    if found is None:
        return DsnResult(token, fate, "bounce-unknown" if fate == "failed" else fate)
    if found[1] not in CLASSES[fate]:
        return "contradicts-itself"
    if fate == "delivered":
        return DsnResult(token, fate, fate)
    return DsnResult(
        token, fate, f"{'bounce' if fate == 'failed' else fate}-{found[1]}.{int(found[2])}.{int(found[3])}"
    )
