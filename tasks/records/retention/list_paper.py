"""The list of what is due on paper: what two people read, sign and keep. The words are for the office, in English."""

from datetime import date
from itertools import groupby
from typing import Final

from termpost.schemas.base.counted import counted
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.retention.kinds import Area
from termpost.schemas.retention.policy import RetentionPolicy
from termpost.schemas.retention.words import how_long
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.frame import PaperPart, frame_of, set_paper
from termpost.tasks.documents.printed import VisibleText
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.records.retention.due import RetentionPlan

ENGLISH: Final = "en"
TITLE: Final = "Records due to be deleted"
AREAS: Final[dict[Area, tuple[str, str]]] = {
    "store": ("object", "of the store"), "tables": ("row", "of the history"), "prefect": ("run", "of the server"),
    "files": ("file", "of the home"),
}  # fmt: skip


class DueSection(FrozenModel):
    """One line of the policy, with all that is due by it."""

    title: VisibleText
    rule: VisibleText
    rows: tuple[tuple[VisibleText, ...], ...]  # name, counts from, to be kept until, how many


class DueList(PaperPart):
    """The paper's one part."""

    lead: tuple[VisibleText, ...]
    digest: VisibleText
    head: tuple[VisibleText, ...]
    sections: tuple[DueSection, ...]
    stays: tuple[VisibleText, ...]  # what is old and not on the list, and why
    sign: tuple[tuple[VisibleText, ...], ...]


def paper_of_due(settings: Settings, policy: RetentionPolicy, plan: RetentionPlan, today: date) -> bytes:
    """PDF/UA-1 and PDF/A-3a; the same list gives the same bytes on the same day."""
    institution = settings.institution
    frame = frame_of(settings, translator_for(ENGLISH), ENGLISH, TITLE)
    part = DueList(
        school=institution.name, name=TITLE, running=f"{institution.name} · {plan.digest[:16]}",
        stamp=f"{institution.called} · {today} · {plan.digest[:16]}", lead=_lead(plan, today), digest=plan.digest,
        head=("what", "counts from", "kept until", "how many"), sections=_sections(policy, plan), stays=plan.stays,
        sign=(("Registrar or head", "Signature", "Date"),) * 2,
    )  # fmt: skip
    return set_paper("retention.typ", frame, [part], {}, today)


def _lead(plan: RetentionPlan, today: date) -> tuple[str, ...]:
    total = sum(one.count for one in plan.due)
    if not plan.due:
        return (f"By the retention policy nothing is due on {today}.",)
    due = f"{counted(total, 'record')} {'is' if total == 1 else 'are'} due on {today}"
    return (
        f"By the retention policy {due}. Names of objects are references: nobody is named here.",
        "Two registrars or heads read this list and approve exactly it, each with a code.",
        "Then all of it is deleted, with every version, and cannot be brought back. A changed list is refused.",
    )


def _sections(policy: RetentionPolicy, plan: RetentionPlan) -> tuple[DueSection, ...]:
    rules = {line.name: line for line in policy.line}
    found = []
    for (name, area), due in groupby(plan.due, key=lambda one: (one.line, one.area)):
        every, line = list(due), rules[name]
        noun, where = AREAS[area]
        found.append(DueSection(
            title=f"{name}: {counted(sum(one.count for one in every), noun)} {where}",
            rule=f"Kept {how_long(line)}. {line.source[:1].upper()}{line.source[1:]}.",
            rows=tuple((one.name, f"{one.began}", f"{one.last_day}", f"{one.count:,}") for one in every),
        ))  # fmt: skip
    return tuple(found)
