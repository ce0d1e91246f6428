"""Is this home safe to write to? Asked before any flow writes, and by `termpost doctor` in full."""

import hashlib
import stat
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial

from termpost.schemas.base.counted import counted
from termpost.schemas.base.errors import InputError, Refused, RetryableError
from termpost.schemas.log.entry import Entry
from termpost.schemas.settings.overweight import overweight
from termpost.schemas.settings.placeholders import placeholders
from termpost.tasks.channels.email.mailbox.collect import probe_mailbox
from termpost.tasks.channels.registry import every_channel
from termpost.tasks.check.contracts.own_rules import own_contracts_of
from termpost.tasks.check.rows.vanished import ACCEPTED
from termpost.tasks.custody.inventory import backup_wanted
from termpost.tasks.deadlines.switch import not_watched, read_watched
from termpost.tasks.home.home import Home
from termpost.tasks.home.staff_changes import approvers
from termpost.tasks.log.end_words import end_said
from termpost.tasks.log.verify import verify
from termpost.tasks.preflight.calendar_years import audit_calendar
from termpost.tasks.preflight.can_render import refuse_unrenderable
from termpost.tasks.preflight.law import audit_law
from termpost.tasks.preflight.people import audit_people
from termpost.tasks.preflight.retention_page import audit_retention
from termpost.tasks.store.finding import Finding, found
from termpost.tasks.store.interface import Surroundings

AHEAD = timedelta(minutes=5)  # how far the log may be ahead of the clock
ENOUGH = 3  # people who may approve
WAIT = 10.0  # seconds for a mail relay to answer


def audit_store(home: Home, *, thorough: bool) -> list[Finding]:
    """The store's controls. One that `[store] accept` names is accepted where it lacks."""
    around = Surroundings(home.path, {"the keys": home.path / "secrets", "the catalogue": home.lake.catalogue})
    accepted = home.settings.store.accept
    return [
        replace(one, state="accepted") if one.state == "lacks" and one.control in accepted else one
        for one in home.store.probe(around, thorough=thorough)
    ]


def refuse_unsafe(home: Home, run: str) -> None:
    """Lets a flow go on that is about to write; what the store is accepted to lack is logged, once for each wording.

    Raises:
        Refused: `unsafe-store`, with the first control that lacks; `people-missing`, else all would get new references.
    """
    findings = audit_store(home, thorough=False)
    for one in audit_people(home):
        if not one.is_safe:
            raise Refused("people-missing", one.what, "secrets/", one.remedy)
    lacking = [one for one in findings if one.stops_runs and not one.is_safe]
    if lacking:
        first = lacking[0]
        more = f", and {len(lacking) - 1} more" if len(lacking) > 1 else ""
        raise Refused("unsafe-store", f"{first.what}{more}", f"termpost.toml [store], control {first.control}",
                      f"{first.remedy}; `termpost doctor` shows all")  # fmt: skip
    refuse_placeholders(home)
    own = own_contracts_of(home.path, home.settings.checks.accept)  # a broken rule is refused before anything is read
    controls = [one.control for one in findings if one.stops_runs and one.state == "accepted"]
    _log_accepted(home, run, "store-accept", home.settings.store.accept_reason, controls)
    _log_accepted(home, run, "check-accept", home.settings.checks.accept_reason, [*own.accepted, *_losses(home)])


def refuse_placeholders(home: Home) -> None:
    """A family must not read what the starter file stands for. In a rehearsal no family reads anything.

    Raises:
        Refused: `placeholder`, with the first one.
    """
    left = placeholders(home.path, home.environ)
    if left and not home.is_rehearsal:
        more = f" (and {len(left) - 1} more)" if len(left) > 1 else ""
        remedy = f"{left[0].remedy}; `termpost doctor` names all"
        raise Refused("placeholder", f"{left[0].what}{more}", left[0].where, remedy)


def _placeholders(home: Home) -> Iterator[Finding]:
    left = placeholders(home.path, home.environ)
    for one in left if left and _is_real(home) else ():
        yield Finding("settings", "lacks", f"{one.where}: {one.what}", one.remedy)


def _is_real(home: Home) -> bool:
    """A log that cannot be read does not say; that is a finding of its own, and the next audit asks again."""
    try:
        return not home.is_rehearsal
    except (InputError, RetryableError):
        return False


def _log_accepted(home: Home, run: str, kind: str, reason: str, accepted: Collection[str]) -> None:
    if not accepted:
        return
    text = "\n".join([reason.strip(), *sorted(accepted)]).encode()
    digest = hashlib.sha256(text).hexdigest()
    key = f"notes/{kind}/{digest[:20]}.txt"
    if home.store.head(key) is not None:
        return
    # the log first: a run that is killed between the two says it twice rather than never
    home.log.append(run, [Entry(kind="settings_changed", object=key, digest=digest, reason=kind)])
    home.store.put(key, text)


def audit_home(home: Home) -> list[Finding]:
    """Store, keys, log, mail relay and clock; nothing is written but probes."""
    findings: list[Finding] = []
    try:
        findings += audit_store(home, thorough=True)
    except (InputError, RetryableError) as error:
        remedy = error.remedy if isinstance(error, InputError) else "see that it answers, then try again"
        what = error.what if isinstance(error, InputError) else str(error)
        findings.append(Finding("store", "lacks", what, remedy))
    findings += _keys(home)
    findings += _placeholders(home)
    findings += audit_people(home)
    findings += _staff(home)
    findings += audit_calendar(home)
    findings += audit_law(home)
    findings += audit_retention(home)
    findings += _grading(home)
    findings += _reports(home)
    findings += _own_rules(home)
    findings += _log(home)
    findings += _channels(home)
    findings += _verification(home)
    findings += _watch(home)
    return findings


def _keys(home: Home) -> Iterator[Finding]:
    folder = home.path / "secrets"
    open_ones = [p.name for p in (folder, *folder.rglob("*")) if stat.S_IMODE(p.lstat().st_mode) & 0o077]
    note = backup_wanted(home)
    good = "only the owner reads the keys"
    yield found(
        "keys", holds=folder.is_dir() and not open_ones, good=f"{good}; {note}" if note else good,
        bad=f"{len(open_ones)} of secrets/ can be read by others" if open_ones else "there is no folder secrets/",
        remedy="chmod -R go= secrets" if open_ones else "restore it from the backup", stops_runs=not folder.is_dir(),
    )  # fmt: skip


def _staff(home: Home) -> Iterator[Finding]:
    """Two must approve, and one of them may be away; a warning, since a school may be as small as that."""
    anywhere = sum(m.role == "teacher" and not (m.removed or m.teacher_id) for m in home.staff.list())
    if anywhere:
        what = f"{anywhere} registered teacher{'' if anywhere == 1 else 's'} may sign off any class"
        yield Finding("staff", "warns", what, "register them anew with `termpost staff add --teacher-id`")
    there = len(approvers(home)) if _is_real(home) else ENOUGH
    if there < ENOUGH:
        what = f"{there or 'nobody'} of the registered people may approve" if there != 1 else "one person may approve"
        yield Finding("staff", "warns", f"{what}, and three should", "register more (`termpost staff add`)")


def _grading(home: Home) -> Iterator[Finding]:
    """What of the policy can hardly be meant; whether it can be read at all is said where it is read."""
    with suppress(InputError):
        for said in overweight(home.policy):
            yield Finding("grading", "warns", said, "see docs/grading.md, extra credit")


def _reports(home: Home) -> Iterator[Finding]:
    """What every report will have, and could not be had."""
    try:
        refuse_unrenderable(home)
    except InputError as error:
        yield Finding("reports", "lacks", f"{error.where}: {error.what}", error.remedy)


def _own_rules(home: Home) -> Iterator[Finding]:
    """What contracts/ of the home says, and each place where it loosens the contracts."""
    try:
        own = own_contracts_of(home.path, home.settings.checks.accept)
    except InputError as error:
        yield Finding("contracts", "lacks", f"{error.where}: {error.what}", error.remedy)
        return
    if own.rules or own.changes:
        said = f"own rules: {len(own.rules)}, changed severities: {len(own.changes)}; all can be asked"
        yield Finding("contracts", "holds", said)
    for name in own.accepted:
        yield Finding("contracts", "accepted", f"a rule is loosened: {name}", "take it out of contracts/ when you can")
    for name in _losses(home):
        remedy = "take it out of accept under [checks] once the extract is loaded: it is about no other"
        yield Finding("contracts", "accepted", f"what an extract lacks is accepted: {name}", remedy)


def _losses(home: Home) -> list[str]:
    """What `[checks] accept` says of files and columns that an extract lacks."""
    return [name for name in home.settings.checks.accept if ACCEPTED.fullmatch(name)]


def _log(home: Home) -> Iterator[Finding]:
    try:
        verdict = verify(home.store, home.keys.log_signers, home.anchor)
        last = max((entry.at for entry in home.log.entries()), default=None) if verdict.ok else None
    except (InputError, RetryableError) as error:
        yield Finding("log", "lacks", f"the log cannot be read ({type(error).__name__})", "see `termpost log verify`")
        return
    yield found(
        "log", holds=verdict.ok, good=counted(verdict.entries, "entry holds", "entries hold"),
        bad=f"the log is broken ({verdict.reason})",
        remedy="restore what was changed from a copy (`termpost log verify`)",
    )  # fmt: skip
    said = end_said(home.anchor, verdict.end, 0)
    if verdict.ok and verdict.segments and not said.is_known:
        yield Finding("log", "warns", said.text, "see docs/log.md, where the log ends")
    behind = last is not None and last - home.clock.now() > AHEAD
    yield found(
        "clock", holds=not behind, good="the clock is not behind the log", bad="the log has entries later than now",
        remedy="set this machine's clock (NTP): by a day that is past, rights that ended since count again",
        stops_runs=False,
    )  # fmt: skip


def _verification(home: Home) -> Iterator[Finding]:
    """Whether the portal can tell the numbers on reports from forged ones."""
    portal = home.settings.channels.portal
    if portal is None or not (home.settings.report.verification or portal.verification_key):
        return
    try:
        public = home.verification.public
    except InputError:  # no key of the home: that is a finding of its own
        return
    bad = "is not set" if not portal.verification_key else "is not this home's"
    yield found(
        "verification",
        holds=portal.verification_key == public,
        good="the portal has this home's key for the numbers",
        bad=f"reports carry numbers, and [channels.portal] verification_key {bad}: the portal says of each to ask",
        remedy=f'set verification_key = "{public}" there, also on the portal\'s machine',
        stops_runs=False,
    )


def _watch(home: Home) -> Iterator[Finding]:
    """Whether somebody would notice what is late; nothing before the home has something to be late with."""
    watched = read_watched(home.path)
    if watched is not None:
        yield found(
            "watch", holds=not watched.is_late(home), good=f"the deadline watch ran on {watched.at.date()}",
            bad=not_watched(home) or "", remedy="start a Prefect worker: termpost deploy, prefect worker start",
            stops_runs=False,
        )  # fmt: skip


def _channels(home: Home) -> Iterator[Finding]:
    """The way out of each channel that has one, and the way in of what families write."""
    for channel in every_channel():
        yield from _way(channel.probed_as, partial(channel.probe, home, WAIT), f"[channels.{channel.name}]")
    yield from _way("mailbox", partial(probe_mailbox, home), "[feedback] mailbox:")


def _way(probed_as: str, probe: Callable[[], str | None], where: str) -> Iterator[Finding]:
    try:
        good = probe()
    except InputError as error:
        yield Finding(probed_as, "lacks", error.what, error.remedy, stops_runs=False)
    except RetryableError as error:
        yield Finding(probed_as, "lacks", str(error), f"check {where} host and port", stops_runs=False)
    else:
        if good is not None:
            yield Finding(probed_as, "holds", good)
