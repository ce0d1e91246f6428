"""Staff who may act, and how they prove who they are: one-time codes (RFC 6238) that count once."""

import hmac
import io
import json
import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

import pyotp
from pydantic import BaseModel, ConfigDict, ValidationError
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.formats import other_format
from termpost.schemas.base.refs import StaffId
from termpost.tasks.runtime.atomic_files import write_durably
from termpost.tasks.runtime.file_locks import file_lock

STAFF_FORMAT = "termpost.staff/1"
STAFF_NUMBER = 1
Role = Literal["registrar", "head", "teacher", "office", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role)
RELEASE_ROLES: frozenset[Role] = frozenset({"registrar", "head"})

STEP = 30  # seconds, RFC 6238 section 4.1
WINDOW = 1  # steps of clock drift either way, section 5.2
TRIES = 5  # wrong codes within LOCKOUT, then none is looked at: six digits are few
LOCKOUT = timedelta(minutes=15)


@dataclass(frozen=True)
class Member:
    """A registered person, without the secret."""

    id: StaffId
    name: str
    role: Role
    removed: bool
    schools: tuple[str, ...] = ()  # sourcedIds; whose reports they may approve, everybody's where empty
    teacher_id: str | None = None  # sourcedId: whose classes they may sign off, any where it is None


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    role: Role
    secret: str  # base32; empty once removed
    step: int = -1  # of the last code accepted
    wrong: list[datetime] = []
    removed: bool = False
    schools: tuple[str, ...] = ()
    teacher_id: str | None = None


class _Registry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: Literal["termpost.staff/1"] = "termpost.staff/1"
    staff: dict[str, _Kept] = {}


class Staff:
    """The registry in `secrets/staff.json`: 0600, one writer at a time, replaced whole."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(
        self, id: str, name: str, role: str, issuer: str = "termpost", schools: Sequence[str] = (),  # noqa: A002 - the interface's word
        teacher_id: str | None = None,
    ) -> str:  # fmt: skip
        """Registers someone and returns the otpauth URI for an authenticator app: the only time it is shown.

        `issuer` is what the app shows: the institution's short name. Raises InputError.
        """
        with self._locked() as registry:
            self.refuse_addition(id, name, role, teacher_id)
            secret = pyotp.random_base32()
            registry.staff[id] = _Kept(
                name=name.strip(), role=role, secret=secret, schools=tuple(schools), teacher_id=teacher_id
            )
            self._write(registry)
        return str(pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=id, issuer_name=issuer))

    def refuse_addition(self, id: str, name: str, role: str, teacher_id: str | None = None) -> None:  # noqa: A002
        """Raises InputError where nobody can be registered so."""
        if not re.fullmatch(r"[a-z0-9-]{2,32}", id):
            remedy = "use 2 to 32 of a-z, 0-9 and -"
            raise InputError("bad-staff-id", "this is no staff id", "staff add", remedy)
        if role not in ROLES:
            raise InputError("unknown-role", "this role is not known", "--role", f"use one of {', '.join(ROLES)}")
        if not name.strip():
            raise InputError("no-name", "the name is empty", "--name", "give the person's name")
        if teacher_id is not None and role != "teacher":
            raise InputError("not-a-teacher", "only a teacher signs classes off", "--teacher-id",
                             "leave it out, or give --role teacher")  # fmt: skip
        if id in self._read().staff:  # also one who was removed: in the log an id is one person for ever
            raise InputError("staff-exists", "this staff id is taken", "staff add", "choose another id")

    def list(self) -> tuple[Member, ...]:
        """Everyone, also those removed, by id."""
        kept = sorted(self._read().staff.items())
        return tuple(Member(StaffId(id_), k.name, k.role, k.removed, k.schools, k.teacher_id) for id_, k in kept)

    def schools_of(self, id: str) -> frozenset[str]:  # noqa: A002
        """Whose reports the person may approve; everybody's where empty."""
        kept = self._read().staff.get(id)
        return frozenset(kept.schools) if kept else frozenset()

    def remove(self, id: str) -> None:  # noqa: A002 - the interface's word
        """Ends someone's rights and forgets the secret; the id stays taken."""
        with self._locked() as registry:
            self.refuse_absent(id, "staff remove")
            kept = registry.staff[id]
            kept.removed, kept.secret = True, ""
            self._write(registry)

    def refuse_absent(self, id: str, where: str) -> None:  # noqa: A002
        """Raises InputError `unknown-staff` where nobody has that id, or no longer."""
        kept = self._read().staff.get(id)
        if kept is None or kept.removed:
            raise InputError("unknown-staff", "there is no such staff id", where, "see `termpost staff list`")

    def prove(self, id: str, otp: str, at: datetime, may: frozenset[Role]) -> StaffId:  # noqa: A002
        """Accepts a code once. What it accepted, or a wrong try, is on disk before this returns or raises.

        Args:
            at: when the code was given; the machine's clock, not an `--as-of`, since the app knows no other.
            may: the roles that may do what is asked.

        Raises:
            Refused: `unknown-staff`, `removed`, `too-many-tries`, `wrong-code`, `code-used`, `role-may-not`.
        """
        if at.tzinfo is None:
            raise ValueError("an instant needs its offset")
        with self._locked() as registry:
            kept = registry.staff.get(id)
            if kept is None:
                raise Refused("unknown-staff", "there is no such staff id", "--by", "see `termpost staff list`")
            if kept.removed:
                raise Refused("removed", "this person was removed", "--by", "ask someone who is registered")
            self._accept(registry, kept, otp, at)
            if kept.role not in may:
                remedy = f"ask somebody whose role is one of: {', '.join(sorted(may))}"
                raise Refused("role-may-not", "this person's role may not do that", "--by", remedy)
        return StaffId(id)

    def _accept(self, registry: _Registry, kept: _Kept, otp: str, at: datetime) -> None:
        # tries that lie ahead of `at` count too: a clock set back opens nothing
        kept.wrong = [when for when in kept.wrong if when > at - LOCKOUT]
        if len(kept.wrong) >= TRIES:
            raise Refused("too-many-tries", "too many wrong codes", "--otp", "wait 15 minutes and give a new code")
        step = _matching_step(kept.secret, otp, at)
        if step is None:
            kept.wrong.append(at)
            self._write(registry)
            raise Refused("wrong-code", "the one-time code is wrong", "--otp", "give the code the app shows now")
        if step <= kept.step:
            raise Refused("code-used", "this one-time code was used", "--otp", "wait for the next code")
        kept.step, kept.wrong = step, []
        self._write(registry)

    @contextmanager
    def _locked(self) -> Iterator[_Registry]:
        """The registry, while no other process has it. The lock is a file of its own: the registry is replaced."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with file_lock(self.path.with_suffix(".lock")):
            yield self._read()

    def _read(self) -> _Registry:
        try:
            with self.path.open("rb") as source:
                mode, text = os.fstat(source.fileno()).st_mode, source.read()
        except FileNotFoundError:
            return _Registry()
        if stat.S_IMODE(mode) & 0o077:
            raise InputError("unsafe-secrets", "others may read the staff secrets", str(self.path), "chmod 600 it")
        try:
            return _Registry.model_validate_json(text)
        except ValidationError:  # its message would quote the secrets
            found = re.search(rb'"format":\s*"termpost\.staff/(\d+)"', text)
            if found and int(found[1]) != STAFF_NUMBER:
                raise other_format("staff-format", "the staff file", int(found[1]), STAFF_NUMBER,
                                   str(self.path)) from None  # fmt: skip
            remedy = "bring it back from a backup"
            raise InputError("bad-staff-file", f"this is no {STAFF_FORMAT} file", str(self.path), remedy) from None

    def _write(self, registry: _Registry) -> None:
        text = json.dumps(registry.model_dump(mode="json"), indent=1, sort_keys=True, ensure_ascii=False)
        write_durably(self.path, text.encode())


def _matching_step(secret: str, otp: str, at: datetime) -> int | None:
    """The latest time step within the window whose code this is; every one is compared, so time tells nothing."""
    given = re.sub(r"\s", "", otp).encode()
    now = int(at.timestamp()) // STEP
    totp = pyotp.TOTP(secret, interval=STEP)
    found = None
    for step in range(max(now - WINDOW, 0), now + WINDOW + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), given):
            found = step
    return found


def qr(uri: str) -> str:
    """A QR code of block characters, dark on light, for a terminal."""
    import qrcode  # noqa: PLC0415 - slow to import, and asked for once a person

    code = qrcode.QRCode(border=2)
    code.add_data(uri)
    code.make(fit=True)
    out = io.StringIO()
    code.print_ascii(out=out, invert=True)
    return out.getvalue()
