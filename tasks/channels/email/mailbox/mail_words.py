"""The words of a mail, as plain text: nothing in it is opened, fetched or run, and its size bounds the work."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from html.parser import HTMLParser
from typing import Final

from termpost.tasks.channels.email.mailbox.lying_mail import LARGEST_MAIL
from termpost.tasks.channels.email.mailbox.mail_head import BROKEN, whole
from termpost.tasks.documents.wording import visible

MOST_PARTS: Final = 100
MOST_CONTAINERS: Final = 30  # the parser asks of each line whether it ends each part around it
MOST_DELIMITERS: Final = 2_000  # lines that may begin a part
MOST_LINES: Final = 300_000  # 10 MB in base64 have half of them
DEEPEST: Final = 8
LONGEST: Final = 20_000  # characters that are kept
LARGEST_HTML: Final = 50_000  # characters that are read
_CONTAINERS = re.compile(rb"(?i)\b(?:multipart|message)/")
# what Python calls an encoding, and no mail is written in: some take hours for a megabyte
_NO_CHARSETS = frozenset({"punycode", "idna", "unicode_escape", "raw-unicode-escape", "raw_unicode_escape",
                          "unicode-escape", "undefined"})  # fmt: skip
_DELIMITERS = re.compile(rb"(?m)^--|\r--")
_BLANKS = re.compile(r"\n{3,}")
_UNREAD = frozenset({"script", "style", "head", "title", "template", "svg", "noscript"})
_BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "table", "ul", "ol"})


@dataclass(frozen=True)
class MailWords:
    """Personal: they stay in memory until they are sealed."""

    text: str  # may be empty
    attachments: int  # parts that were not opened
    is_cut: bool  # what is longer than LONGEST lies in the mailbox


def read_words(data: bytes) -> MailWords | None:
    """None where it is too large, made of too many parts, or cannot be read. Takes any bytes and never raises."""
    if not data.strip() or not is_bounded(data):
        return None
    try:
        return _read(message_from_bytes(data))
    except BROKEN:
        return None


def is_bounded(data: bytes) -> bool:
    """Whether taking it apart is the work of seconds: said before a parser sees it."""
    if len(data) > LARGEST_MAIL:
        return False
    lines = data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
    return (
        lines <= MOST_LINES
        and len(_CONTAINERS.findall(data)) <= MOST_CONTAINERS
        and len(_DELIMITERS.findall(data)) <= MOST_DELIMITERS
    )


def _read(message: Message) -> MailWords | None:
    parts: list[Message] = []
    for depth, part in _leaves(message):
        if depth > DEEPEST or len(parts) >= MOST_PARTS:
            return None
        parts.append(part)
    texts = [part for part in parts if _is_words(part)]
    plain = [part for part in texts if part.get_content_type() == "text/plain"]
    said = "\n".join(map(_decoded, plain)) if plain else "\n".join(_as_text(_decoded(part)) for part in texts)
    whole = _tidied(said)
    return MailWords(whole[:LONGEST], len(parts) - len(texts), len(whole) > LONGEST)


def _leaves(message: Message, depth: int = 0) -> Iterator[tuple[int, Message]]:
    """Without the parts of an enclosed message: that is an attachment, whoever wrote it."""
    payload = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(payload, list) and depth <= DEEPEST:
        for part in payload:
            if isinstance(part, Message):
                yield from _leaves(part, depth + 1)
    else:
        yield depth, message


def _is_words(part: Message) -> bool:
    is_text = part.get_content_type() in ("text/plain", "text/html")
    return is_text and part.get_content_disposition() != "attachment" and not part.get_filename()


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset() or "utf-8"
    try:
        known = codecs.lookup(charset).name not in _NO_CHARSETS
        return whole(data.decode(charset if known else "utf-8", "replace"))
    except (LookupError, ValueError):  # a character set that nobody knows
        return data.decode("utf-8", "replace")


class _Words(HTMLParser):
    """What a reader would see, roughly; a link's address is what a reader would not."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - no address is kept
        if tag in _UNREAD:
            self._unread += 1
        elif tag in _BREAKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD:
            self._unread = max(0, self._unread - 1)
        elif tag in _BREAKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.said.append(" ".join(data.split("\n")))


def _as_text(html: str) -> str:
    reader = _Words()
    reader.feed(html[:LARGEST_HTML])
    return "".join(reader.said)


def _tidied(text: str) -> str:
    """Line by line without what is not seen (controls, overrides of direction), and without a quotation at its end."""
    lines = [visible(line).rstrip() for line in text[: 10 * LONGEST].replace("\r\n", "\n").split("\n")]
    while lines and (not lines[-1] or lines[-1].lstrip().startswith(">")):
        lines.pop()
    return _BLANKS.sub("\n\n", "\n".join(lines)).strip()
