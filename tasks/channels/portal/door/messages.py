"""What families send: the keys that it takes, and how the home checks and opens what was posted (decision 0026)."""

import base64
from collections.abc import Iterable, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import ECDH, SECP256R1, EllipticCurvePublicKey, derive_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import ValidationError
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.feedback.door import DOOR_FORMAT, DOORS
from termpost.schemas.documents.feedback.message import FamilyMessage, PostedMessage
from termpost.schemas.documents.receipt import MessagesWish, ReceiptWish
from termpost.schemas.log.entry import Entry
from termpost.tasks.channels.portal.receipt_keys import derived_key, is_signed_by, private_key, public_key
from termpost.tasks.channels.portal.receipts import RECEIPTS
from termpost.tasks.home.home import Home

MESSAGES_KEY = "messages"  # purpose of the key that messages are encrypted for; a rotation of the master keeps it
_NAME = "termpost.message/1 home key"


def home_message_key(home: Home) -> ReceiptWish:
    """The home's key pair on P-256: families encrypt for its public half, which lies in every page and door."""
    private = derived_key(home.keys.derive(MESSAGES_KEY), _NAME)
    return ReceiptWish("", private, public_key(private))


def messages_wish(home: Home) -> MessagesWish | None:
    """Where a page or a door sends messages, and for which key; None where the school has no portal."""
    portal = home.settings.channels.portal
    return MessagesWish(portal.messages_url, home_message_key(home).public) if portal else None


def door_pair(home: Home, locator: str) -> ReceiptWish:
    """The key pair with which what is sent from a door is signed: made from its locator, and lies nowhere else."""
    private = derived_key(home.keys.derive(RECEIPTS), f"{DOOR_FORMAT} key\n{locator}")
    return ReceiptWish("", private, public_key(private))


def place_key(home: Home, place: str) -> bytes:
    """The public key of a page or a door, by what the home knows of it; what is in the store has no say in it.

    Args:
        place: `SignedPlace`.
    """
    if place.startswith(DOORS):
        return door_pair(home, place.removeprefix(DOORS)).public
    _, recipient, page = place.split("/")
    return public_key(private_key(home.keys.derive(RECEIPTS), recipient, page))


def open_message(home: Home, posted: PostedMessage) -> FamilyMessage:
    """What a posted message says, once it is sure where it was written. Of what it says nothing is believed.

    Raises:
        InputError: `bad-signature`: the page or door did not sign it; `does-not-open`: it was not encrypted for this
            home, or was changed; `not-a-message`: what is in it is none, or is not what it says in clear.
    """
    if not is_signed_by(place_key(home, posted.place), posted.signed, posted.signature):
        raise _bad("bad-signature", "no page or door of this home signed the message")
    try:
        plain = _decrypt(home, posted)
    except (InvalidTag, ValueError):
        raise _bad("does-not-open", "the message was not encrypted for this home, or was changed") from None
    try:
        said = FamilyMessage.model_validate_json(plain)
    except ValidationError:
        raise _bad("not-a-message", "what was encrypted is no message") from None
    proof = said.proof
    if said.slot != posted.slot or (proof and not is_signed_by(
        place_key(home, posted.place), proof.signed(posted.place), proof.signature
    )):  # fmt: skip
        raise _bad("not-a-message", "the message says something else than it says in clear, or proves it wrongly")
    return said


def who_sent(posted: PostedMessage, owners: Mapping[str, PersonRef]) -> PersonRef | None:
    """Whose page or door it was, once the signature was found good; None where the log does not know the door.

    Args:
        owners: as `owners_of_doors` gives them.
    """
    if not posted.place.startswith(DOORS):
        return PersonRef(posted.place.split("/")[1])
    return owners.get(f"{posted.place}.json")


def owners_of_doors(entries: Iterable[Entry]) -> dict[str, PersonRef]:
    """Store key of each door that there ever was → whose it is."""
    return {
        one.object: PersonRef(one.recipient)
        for one in entries
        if one.kind == "sealed" and one.recipient and one.object and one.object.startswith(DOORS)
    }


def _decrypt(home: Home, posted: PostedMessage) -> bytes:
    """ECDH on P-256 (SP 800-56A), HKDF-SHA-256 with both public keys as salt, AES-256-GCM."""
    mine, theirs = home_message_key(home), base64.b64decode(posted.ephemeral, validate=True)
    shared = derive_private_key(int.from_bytes(mine.private), SECP256R1()).exchange(
        ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), theirs)
    )
    once = HKDF(SHA256(), 44, salt=theirs + mine.public, info=posted.context).derive(shared)  # 32 key, 12 nonce
    data = base64.b64decode(posted.data, validate=True)
    return AESGCM(once[:32]).decrypt(once[32:], data, posted.context)


def _bad(code: str, what: str) -> InputError:
    return InputError(code, what, "inbox/messages/", "nothing was believed of it; call the family if you know of one")
