"""The settings that guard what leaves the house, and those that clocks run by, each with a digest: a change shows in
the log.

A digest and not the value: the log stays, and a value may name a reason or a date of the school's.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache

from termpost.schemas.log.entry import Entry
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.channels import ChannelSettings
from termpost.schemas.settings.code_settings import CodeSettings
from termpost.schemas.settings.sections.feedback_settings import FeedbackSettings
from termpost.schemas.settings.sections.law_settings import LawSettings
from termpost.schemas.settings.sections.notice_settings import NoticeSettings
from termpost.schemas.settings.settings import CheckSettings, ReleaseSettings, RightsSettings, Settings, StoreSettings

ControlValues = dict[str, object]  # name, as in the file ("release.approvals") → JSON


def control_values(settings: Settings) -> ControlValues:
    """Each control of a release with its value."""
    return _values(settings.release, settings.rights, settings.store, settings.channels, settings.checks,
                   settings.codes, settings.notices)  # fmt: skip


def clock_values(settings: Settings, calendar: Calendar) -> ControlValues:
    """What each clock runs by: another calendar gives other days (docs/clocks.md), and so does the law of the place."""
    return _clock_values(
        settings.feedback, settings.law, calendar.model_dump(mode="json", by_alias=True, exclude={"written"})
    )


def changed_controls(settings: Settings, calendar: Calendar | None, known: Mapping[str, str]) -> list[Entry]:
    """What the log does not know yet of the settings; what it never heard of was at its default.

    Country and zone have none, so a log begins with them.

    Args:
        calendar: None where it cannot be read: nothing is said of clocks until it can.
        known: name → digest, as the log has it.
    """
    found = []
    clocks = clock_values(settings, calendar) if calendar is not None else {}
    for name, digest in _digests(control_values(settings) | clocks):
        before = known.get(name, _defaults()[name])
        if digest != before:
            found.append(Entry(kind="settings_changed", reason=name, digest=digest, previous=before))
    return found


def control_digest(name: str, value: object) -> str:
    """What the log has of a control."""
    return hashlib.sha256(json.dumps([name, value]).encode()).hexdigest()


def _values(
    release: ReleaseSettings,
    rights: RightsSettings,
    store: StoreSettings,
    channels: ChannelSettings,
    checks: CheckSettings,
    codes: CodeSettings,
    notices: NoticeSettings,
) -> ControlValues:
    return {
        **{f"release.{name}": value for name, value in release.model_dump(mode="json").items()},
        **{f"rights.{name}": value for name, value in rights.model_dump(mode="json").items()},
        "store.accept": sorted(store.accept),
        "channels.order": list(channels.order),
        "codes.by": sorted(codes.by),
        "checks.accept": sorted(checks.accept),
        "notices.sms": notices.sms.model_dump(mode="json") if notices.sms else None,
    }


def _clock_values(feedback: FeedbackSettings, law: LawSettings, calendar: Mapping[str, object]) -> ControlValues:
    return {
        "feedback.staff_days": feedback.staff_days,
        "feedback.mail_days": feedback.mail_days.model_dump(mode="json"),
        **{f"law.{name}": value for name, value in law.model_dump(mode="json").items()},
        **{f"calendar.{name}": value for name, value in calendar.items()},
    }


def _digests(values: ControlValues) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        yield name, control_digest(name, value)


@cache
def _defaults() -> dict[str, str]:
    released = _values(ReleaseSettings(), RightsSettings(), StoreSettings(), ChannelSettings(), CheckSettings(),
                       CodeSettings(), NoticeSettings())  # fmt: skip
    anywhere = Calendar(timezone="UTC", country="US").model_dump(mode="json", by_alias=True, exclude={"written"})
    return dict(
        _digests(
            released | _clock_values(FeedbackSettings(), LawSettings(), anywhere | {"timezone": "", "country": ""})
        )
    )
