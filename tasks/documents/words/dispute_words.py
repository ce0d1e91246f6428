"""What an answer adds where the school did not change what a family calls wrong (docs/clocks.md).

Two disputes, two ways. A *recording error* is a right of its own: whoever is refused may have a hearing, and after it
a statement that stays with the report (34 CFR 99.20 to 99.22). A *disagreement with a grade* goes by the school's
appeal policy. Neither has a last day here.
"""

from typing import Literal

from termpost.schemas.base.languages import found_as
from termpost.schemas.documents.report import Contact
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.wording import translator_for

Dispute = Literal["correction", "grade-dispute"]
FERPA: str = "US"  # where the hearing and the statement are the law


def dispute_words(settings: Settings, dispute: Dispute, language: str, country: str) -> list[str]:
    """Sentences in this language, last that a correction may be asked for at any time.

    Outside of the United States a hearing is spoken of only in the school's own words (`[feedback] hearing`), and a
    grade's appeal only where the school names a policy.
    """
    translator, feedback = translator_for(language, country), settings.feedback
    institution = settings.institution
    said: list[str] = []
    own = found_as(language, tuple(feedback.hearing)) if feedback.hearing else None
    if dispute == "grade-dispute" and feedback.appeal_policy is not None:
        policy = feedback.appeal_policy
        said.append(translator.text("dispute", "appeal", title=policy.title, url=policy.url))
    elif dispute == "correction" and own is not None:
        said.append(feedback.hearing[own])
    elif dispute == "correction" and country == FERPA:
        name = (institution.ask or Contact(name=institution.name)).name
        said += [translator.text("dispute", "hearing", name=name), translator.text("dispute", "statement")]
    return [*said, translator.text("letter", "any_time")]
