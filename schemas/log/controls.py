"""The settings that guard what leaves the house, each with a digest, so that a change shows in the log.

A digest and not the value: the log stays, and a value may name a reason or a date of the school's.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache

from termpost.schemas.log.entry import Entry
from termpost.schemas.settings.channels import ChannelSettings
from termpost.schemas.settings.code_settings import CodeSettings
from termpost.schemas.settings.sections.notice_settings import NoticeSettings
from termpost.schemas.settings.settings import CheckSettings, ReleaseSettings, RightsSettings, Settings, StoreSettings

ControlValues = dict[str, object]  # name, as in the file ("release.approvals") → JSON


def control_values(settings: Settings) -> ControlValues:
    """Each control with its value."""
    return _values(settings.release, settings.rights, settings.store, settings.channels, settings.checks,
                   settings.codes, settings.notices)  # fmt: skip


def changed_controls(settings: Settings, known: Mapping[str, str]) -> list[Entry]:
    """What the log does not know yet of the settings; what it never heard of was at its default.

    Args:
        known: name → digest, as the log has it.
    """
    found = []
    for name, digest in _digests(control_values(settings)):
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


def _digests(values: ControlValues) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        yield name, control_digest(name, value)


@cache
def _defaults() -> dict[str, str]:
    return dict(
        _digests(
            _values(
                ReleaseSettings(),
                RightsSettings(),
                StoreSettings(),
                ChannelSettings(),
                CheckSettings(),
                CodeSettings(),
                NoticeSettings(),
            )
        )
    )
