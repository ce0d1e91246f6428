"""`termpost.toml`: the institution and how its home is run."""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, StrictBool, StrictInt, field_validator, model_validator
from termpost.schemas.base.cycle_kinds import CYCLE_KINDS
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.languages import found_as
from termpost.schemas.base.own_domain import is_own
from termpost.schemas.base.secure_url import SecureUrl
from termpost.schemas.base.setting_error import wrong
from termpost.schemas.documents.report import SECTIONS, Contact, PolicyLink, ReportLayout, Section, TextSize
from termpost.schemas.settings.attendance import AttendanceSettings
from termpost.schemas.settings.channels import OFFICIAL_ONLY, ChannelSettings
from termpost.schemas.settings.code_settings import CodeSettings
from termpost.schemas.settings.language_settings import LanguageSettings
from termpost.schemas.settings.report_layout import LayoutFor, known_layout
from termpost.schemas.settings.sections.deadline_settings import DeadlineSettings
from termpost.schemas.settings.sections.feedback_settings import FeedbackSettings
from termpost.schemas.settings.sections.law_settings import LawSettings
from termpost.schemas.settings.sections.notice_settings import NoticeSettings
from termpost.schemas.settings.sections.privacy_settings import PrivacySettings
from termpost.schemas.settings.sections.review_settings import ReviewSettings
from termpost.schemas.settings.sections.run_settings import RunSettings, SqlSettings
from termpost.schemas.settings.source_settings import SourceSettings
from termpost.schemas.settings.toml_source import build, nearest, read_source, with_environment

FILE = "termpost.toml"
# what a weaker value would let out: a change must show, so it comes from the file alone (schemas/log/controls.py)
FILE_ALONE = (
    ("release",), ("store", "accept"), ("checks", "accept"), ("checks", "max_deleted_percent"), ("rights",),
    ("channels", "order"), ("codes",), ("notices",),
)  # fmt: skip
PERSONAL_MAIL = re.compile(
    r"(aol|gmail|googlemail|hotmail|icloud|live|msn|outlook|yahoo)\.[a-z.]+|gmx\.[a-z]+|mail\.ru|proton\.me|qq\.com|web\.de"
)
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
Control = Literal[
    "tls", "public-access", "encryption", "versioning", "write-once-log", "conditional-write", "least-privilege"
]


class Colours(FrozenModel):
    """Of headings and rules."""

    primary: str = Field("#1f4e79", pattern=r"^#[0-9a-fA-F]{6}$")


class Institution(FrozenModel):
    """Who sends the reports."""

    name: str = Field(min_length=1)
    short_name: str = ""  # name where empty
    email_domain: str = Field("", pattern=r"^([a-z0-9-]+\.)+[a-z]{2,}$|^$")
    languages: tuple[str, ...] = Field(("en",), min_length=1)  # BCP 47; the first is the fallback
    logo: str | None = None  # path of an SVG or PNG in the home
    colours: Colours = Colours()
    policies: tuple[PolicyLink, ...] = ()
    ask: Contact | None = None  # whom families ask
    address: tuple[str, ...] = ()  # return address, line by line

    @field_validator("languages")
    @classmethod
    def _languages(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(languages)) < len(languages) or not all(LANGUAGE.fullmatch(tag) for tag in languages):
            raise wrong("a language is no BCP 47 tag, or stands twice", 'write it as "en", "es" or "pt-BR"')
        return languages

    @field_validator("email_domain")
    @classmethod
    def _own_domain(cls, domain: str) -> str:
        if PERSONAL_MAIL.fullmatch(domain):
            raise wrong(f"a personal mail domain; {OFFICIAL_ONLY}", "give the institution's own domain")
        return domain

    @field_validator("policies")
    @classmethod
    def _web_links(cls, policies: tuple[PolicyLink, ...]) -> tuple[PolicyLink, ...]:
        for position, policy in enumerate(policies):
            if not policy.url.startswith(("https://", "http://")):
                raise wrong("a policy's link is no web address", "start it with https://", at=(position, "url"))
        return policies

    @property
    def called(self) -> str:
        """For where there is little room."""
        return self.short_name or self.name


class StoreSettings(FrozenModel):
    """Where objects lie, and which controls that store may lack."""

    url: str = Field("file:./vault", pattern=r"^[a-z][a-z0-9+.-]*:.+$")  # each store knows its own
    endpoint_url: SecureUrl | None = None  # an S3 that is not AWS
    region: str | None = None  # of the bucket
    kms_key_id: str | None = None  # the key that encrypts objects
    accept: tuple[Control, ...] = ()  # controls that this store may lack
    accept_reason: str = ""  # why; it goes into the log

    @model_validator(mode="after")
    def _reasoned(self) -> Self:
        if self.accept and not self.accept_reason.strip():
            raise wrong("a missing control is accepted without a reason", "say why in accept_reason", at=("accept",))
        return self


class LakeSettings(FrozenModel):
    """Where the history lies; the catalogue holds keys and belongs apart from the data in production."""

    catalogue: str = Field("sqlite:./catalogue/lake.sqlite", pattern=r"^(sqlite|postgres):.+$")
    data: str = Field("lake", min_length=1)  # a prefix of the store, or a path


class CheckSettings(FrozenModel):
    """What of an extract is let through without a word, and where contracts/ of the home may loosen the contracts."""

    max_deleted_percent: StrictInt = Field(20, ge=0, le=100)  # of a school's students, that an extract may take away
    accept: tuple[str, ...] = ()  # as RuleChange.name: "results.above-max warning"
    accept_reason: str = ""  # why; it goes into the log
    # the office, which hears what the check of the source found before a cut-off; empty: nobody does
    mail_to: str = Field("", pattern=r"^[^@\s<>]+@[^@\s<>]+$|^$")

    @model_validator(mode="after")
    def _reasoned(self) -> Self:
        if self.accept and not self.accept_reason.strip():
            raise wrong("a loosened rule is accepted without a reason", "say why in accept_reason", at=("accept",))
        return self


class RightsSettings(FrozenModel):
    """Whom the record gives the right to a report."""

    source: Literal["contacts", "bundle"] = "contacts"
    age_of_majority: StrictInt = Field(18, ge=14, le=25)  # years
    own_copy_below_age: StrictBool = False  # a student under it gets a copy too


class ReportSettings(FrozenModel):
    """What reports say. Of each kind of cycle its sections, besides who it is about, courses and whom to ask."""

    midterm: tuple[Section, ...] = SECTIONS  # sections of a midterm report
    end_of_term: tuple[Section, ...] = SECTIONS  # of one at the end of a term
    final: tuple[Section, ...] = SECTIONS  # of a final one
    # sections of a progress notice: it has some courses only, so what is about all of them is no part unless asked for
    warning: tuple[Section, ...] = ("work", "comments", "scale", "method", "policies")
    layout: ReportLayout = "full"  # the kind of report
    layouts: tuple[LayoutFor, ...] = Field((), alias="for")  # the first that holds counts instead
    text_size: TextSize = "normal"
    show_final: StrictBool = False  # a midterm report prints beside the current grade what would be final by now
    min_share: StrictInt = Field(30, ge=0, le=100)  # per cent of the weight; a grade that rests on less has no letter
    on_track_at: str | None = None  # a letter of the scale or "70%"; None: the middle step of the scale
    change_from: StrictInt = Field(2, ge=0, le=100)  # percentage points: a smaller change, or just that, is not told
    leavers: Literal["none", "report"] = "none"  # who left all classes before the cut-off
    categories: StrictBool = False  # below the courses, what each grade is made of
    class_median: StrictBool = False  # beside a grade the median of the class, where [privacy] keeps it
    rank: Literal["none", "grade_level", "school"] = "none"  # where a student stands, among whom
    verification: StrictBool = False  # a number and a square by which a copy is held against the school's portal

    @field_validator(*CYCLE_KINDS, mode="before")
    @classmethod
    def _known(cls, names: object) -> object:
        for position, name in enumerate(names if isinstance(names, list | tuple) else ()):
            if name not in SECTIONS:
                raise wrong("this is no section of a report", nearest(str(name), list(SECTIONS)), at=(position,))
        return names

    @field_validator("layout", mode="before")
    @classmethod
    def _known_kind(cls, name: object) -> object:
        return known_layout(name)

    def layout_of(self, kind: str, grade_level: str | None, school: str) -> ReportLayout:
        """What kind of report a student of a school gets in a kind of cycle."""
        return next((one.layout for one in self.layouts if one.holds(kind, grade_level, school)), self.layout)

    def sections(self, kind: str) -> tuple[Section, ...]:
        """Of one of CYCLE_KINDS, in the order of the report."""
        chosen = getattr(self, kind)
        return tuple(section for section in SECTIONS if section in chosen)


class ReleaseSettings(FrozenModel):
    """What a release needs."""

    approvals: StrictInt = Field(1, ge=1, le=2)  # different people
    approval_days: StrictInt = Field(7, ge=1, le=60)  # an approval counts so long, until delivery has begun
    staff_wait_days: StrictInt = Field(3, ge=0, le=60)  # whoever was added later is no second approver yet
    # recipients from whom what lies open goes at once because their right ended; None: 5, or 1 % where that is more
    max_withdrawals: StrictInt | None = Field(None, ge=0)
    embargo: datetime | None = None  # no release before; without an offset, in the school's zone
    comments_accepted: StrictBool = False  # every comment proof-read first

    @field_validator("embargo", mode="before")
    @classmethod
    def _instant(cls, value: object) -> object:
        if isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            raise wrong("this is no date and time", 'write it as "2021-12-17T15:00"') from None


class Settings(FrozenModel):
    """All of `termpost.toml`."""

    institution: Institution
    languages: LanguageSettings = LanguageSettings()
    store: StoreSettings = StoreSettings()
    lake: LakeSettings = LakeSettings()
    source: SourceSettings = SourceSettings()
    checks: CheckSettings = CheckSettings()
    attendance: AttendanceSettings = AttendanceSettings()
    rights: RightsSettings = RightsSettings()
    report: ReportSettings = ReportSettings()
    release: ReleaseSettings = ReleaseSettings()
    channels: ChannelSettings = ChannelSettings()
    codes: CodeSettings = CodeSettings()
    feedback: FeedbackSettings = FeedbackSettings()
    notices: NoticeSettings = NoticeSettings()
    deadlines: DeadlineSettings = DeadlineSettings()
    privacy: PrivacySettings = PrivacySettings()
    law: LawSettings = LawSettings()
    review: ReviewSettings = ReviewSettings()
    run: RunSettings = RunSettings()
    sql: SqlSettings = SqlSettings()

    @model_validator(mode="after")
    def _reviewed_is_offered(self) -> Self:
        offered = self.institution.languages
        for place, tag in enumerate(self.languages.reviewed):
            if not any(found_as(language, (tag,)) for language in offered):
                raise wrong(f"{tag} is reviewed, and the institution does not offer it",
                            f"take it out, or add it to [institution] languages: {', '.join(offered)}",
                            at=("languages", "reviewed", place))  # fmt: skip
        return self

    @model_validator(mode="after")
    def _median_is_kept(self) -> Self:
        if self.report.class_median and not self.privacy.class_median:
            what = "a report can show only a median that is kept"
            raise wrong(what, "set class_median = true under [privacy] too", at=("report", "class_median"))
        return self

    @model_validator(mode="after")
    def _verified_somewhere(self) -> Self:
        if self.report.verification and self.channels.portal is None:
            raise wrong("a copy can be verified only where there is a portal", "set base_url under [channels.portal]",
                        at=("report", "verification"))  # fmt: skip
        return self

    @model_validator(mode="after")
    def _mail_stays_with_the_school(self) -> Self:
        sms, said = self.notices.sms, self.feedback
        gateway = (sms.gateway if sms else "", ("notices", "sms", "gateway"))
        office = (self.checks.mail_to, ("checks", "mail_to"))
        others = ((said.office_mail, ("feedback", "office_mail")), (said.head_mail, ("feedback", "head_mail")))
        watch = (self.deadlines.to, ("deadlines", "to"))
        for address, at in (office, *others, gateway, watch):
            if address and not is_own(address, self.institution.email_domain):
                raise wrong("the address is outside the institution's domain",
                            "use one at [institution] email_domain", at=at)  # fmt: skip
        for address, at in (office, gateway, watch):
            if address and self.channels.email is None:
                raise wrong("there is no relay to mail by", "add [channels.email]", at=at)
        return self

    @model_validator(mode="after")
    def _sender_is_the_school(self) -> Self:
        self.channels.refuse_foreign_sender(self.institution.email_domain)
        return self


def load_settings(home: Path, environ: Mapping[str, str]) -> Settings:
    """Reads `termpost.toml` of a home, with `TERMPOST_<SECTION>__<KEY>` over it; InputError names the line."""
    source = read_source(home / FILE)
    foreign = ("calendar", "grading")
    return build(Settings, with_environment(source, Settings, environ, foreign=foreign, file_alone=FILE_ALONE))
