"""The order of a class register: by family name, as the school's language sorts (CLDR, through DuckDB's ICU).

Lists for people are sorted so; files for machines keep their order by id.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import StudentIdentity
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import memory_connection

# Where a family name is filed under what follows its particles, by language: van der Berg under B in the Netherlands,
# de la Cruz under C in Spain. Only what is written small is one: Van Damme is filed under V. English takes the whole.
PARTICLES = {
    "nl": re.compile(
        r"(?:(?:van|von|de|den|der|des|het|op|in|aan|bij|onder|over|uit|voor|ten|ter|te|tot|la|le|du)\s+|['’][st][\s-]+)+"
    ),
    "de": re.compile(r"(?:(?:von|vom|zu|zum|zur|van|den|dem|der|de|und|auf)\s+)+"),
    "es": re.compile(r"(?:(?:de|del|la|las|los|y)\s+)+"),
    "pt": re.compile(r"(?:(?:de|da|do|das|dos|e)\s+)+"),
    "fr": re.compile(r"(?:de\s+|d['’])"),
}  # fmt: skip
BY_WHOLE_NAME = frozenset({("nl", "BE"), ("fr", "BE")})  # in Belgium by the first word, small or not


@dataclass(frozen=True)
class RegisterOrder:
    """How one school's lists are sorted."""

    language: str = "en"  # BCP 47
    country: str = ""  # ISO 3166-1

    def keys(self, texts: Iterable[str]) -> dict[str, str]:
        """Text → what it is sorted by; accents and case decide only between texts that are the same without."""
        wanted = sorted(set(texts))
        connection = memory_connection()
        try:
            query = "SELECT text, icu_sort_key(text, $locale) FROM (SELECT unnest($texts::VARCHAR[]) AS text)"
            return dict(connection.execute(query, {"texts": wanted, "locale": self.language}).fetchall())
        finally:
            connection.close()

    def places(self, people: Mapping[PersonRef, StudentIdentity]) -> dict[PersonRef, tuple[str, ...]]:
        """What a list of students is sorted by: the family name first."""
        parts = {
            ref: (self.filed_under(one.family or ""), one.family or "", one.given or "", one.middle or "")
            for ref, one in people.items()
        }
        keys = self.keys(part for found in parts.values() for part in found)
        return {ref: (*(keys[part] for part in found), people[ref].number) for ref, found in parts.items()}

    def filed_under(self, family: str) -> str:
        """A family name from the word on under which a register of this language and country has it."""
        base = self.language.partition("-")[0].lower()
        particles = None if (base, self.country) in BY_WHOLE_NAME else PARTICLES.get(base)
        found = particles.match(family) if particles else None
        return family[found.end() :] if found and found.end() < len(family) else family


def register_order(home: Home) -> RegisterOrder:
    """By the institution's first language, and the country of its calendar."""
    return RegisterOrder(home.settings.institution.languages[0], home.calendar.country)
