"""Messages as a page posts them, signed with the page's own key; what they say is not encrypted here."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey, derive_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from pydantic import ValidationError
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.feedback.message import FamilyMessage, PostedMessage
from termpost.tasks.channels.portal.receipts import signing_wish
from termpost.tasks.feedback.collect.inbox import CollectedMessages, OpenedMessage, collect_messages
from termpost.tasks.home.home import Home

from tests.school import School

POINT = base64.b64encode(b"\x04" + bytes(64)).decode()


def opened(home: Home, posted: PostedMessage) -> OpenedMessage:
    """Checks the signature as the home does, by what it knows of the page's key."""
    _, recipient, page = posted.place.split("/")
    key = signing_wish(home, "", recipient, page).public
    r, s = (int(posted.signature[start : start + 64], 16) for start in (0, 64))
    try:
        point = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key)
        point.verify(encode_dss_signature(r, s), posted.signed, ECDSA(SHA256()))
        said = FamilyMessage.model_validate_json(base64.b64decode(posted.data))
    except InvalidSignature:
        raise InputError("bad-signature", "no page of this home signed it", "inbox/messages/", "-") from None
    except ValidationError:
        raise InputError("not-a-message", "it is no message", "inbox/messages/", "-") from None
    return OpenedMessage(said, PersonRef(recipient), key)


def sign(private: bytes, text: bytes) -> str:
    key = derive_private_key(int.from_bytes(private), SECP256R1())
    r, s = decode_dss_signature(key.sign(text, ECDSA(SHA256(), deterministic_signing=True)))
    return f"{r:064x}{s:064x}"


@dataclass
class Family:
    """One person with the page that lies open for them."""

    school: School
    contact: str  # the school's id
    place: str = ""  # without its ending
    sent: int = field(default=0)

    def __post_init__(self) -> None:
        if not self.place:
            (key,) = self.school.store.list(f"sealed/{self.school.ref(self.contact)}/")
            self.place = key.removesuffix(".html")

    @property
    def private(self) -> bytes:
        _, recipient, page = self.place.split("/")
        return signing_wish(self.school.open(), "", recipient, page).private

    def message(self, kind: str, *, id_: str = "", signed_by: bytes = b"", **said: Any) -> dict[str, Any]:
        """As it is posted; about the page unless `page` says otherwise."""
        self.sent += 1
        content = {"format": "termpost.message-content/1", "kind": kind, "language": "en",
                   "page": self.place.rpartition("/")[2]} | said  # fmt: skip
        id_ = id_ or hashlib.sha256(f"{self.place} {self.sent}".encode()).hexdigest()[:32]
        posted = {
            "format": "termpost.message/1", "place": self.place, "id": id_, "slot": None, "ephemeral": POINT,
            "data": base64.b64encode(json.dumps(content).encode()).decode(), "signature": "0" * 128,
        }  # fmt: skip
        text = PostedMessage.model_validate(posted).signed
        return posted | {"signature": sign(signed_by or self.private, text)}

    def lay(self, posted: dict[str, Any], at: datetime | None = None, name: str = "") -> str:
        """As the portal lays it into the inbox."""
        folder = hashlib.sha256(self.place.encode()).hexdigest()[:32]
        key = f"inbox/messages/{folder}/{name or posted['id']}.json"
        when = (at or self.school.open().clock.today()).isoformat()
        self.school.store.put(key, json.dumps({"at": when, "message": posted}).encode())
        return key

    def post(self, kind: str, at: datetime | None = None, **said: Any) -> str:
        """Posts it; the id of the query that it makes."""
        posted = self.message(kind, **said)
        self.lay(posted, at)
        return "q" + hashlib.sha256(posted["id"].encode()).hexdigest()[:12]

    def proof(self, part: int, day: str = "2021-12-17", pdf: str = "", signed_by: bytes = b"") -> dict[str, Any]:
        """What a page says of the PDF that lies at this place on it."""
        summed = pdf or hashlib.sha256(self.pdf(part)).hexdigest()
        text = f"termpost.acknowledgement/1\n{self.place}\n{summed}\n{day}".encode()
        return {"day": day, "pdf": summed, "signature": sign(signed_by or self.private, text)}

    def pdf(self, part: int) -> bytes:
        planned = [e for e in self.school.entries("planned") if e.object == f"{self.place}.html"]
        report = planned[part].report, planned[part].version
        made = [e for e in self.school.entries("report_made") if (e.report, e.version) == report]
        keys = [e.object for e in made if e.object and e.object.endswith(".pdf")]
        return self.school.store.get(keys[0])


def collect(school: School) -> CollectedMessages:
    return collect_messages(school.open(), "test", opened)


def waiting(school: School) -> list[str]:
    return list(school.store.list("inbox/messages/"))
