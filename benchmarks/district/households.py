"""Families: who the adults are, how they stand to each child, and where they are reached."""

from dataclasses import dataclass
from functools import lru_cache
from random import Random

from benchmarks.district.kinds import DIVIDED, HOUSEHOLDS, Adult
from benchmarks.district.names import Culture, culture_deck, family_name, given_name
from benchmarks.district.plan import District, School

STREETS = (
    "Juniper Way",
    "Calle Olmo",
    "Mill Lane",
    "Kaʻaahi Street",
    "Quarry Road",
    "Rue Cézanne",
    "4th Avenue",
    "Heron Court",
)
CITIES = (("Alder Falls", "78801"), ("Port Quill", "78807"), ("San Nicanor", "78815"), ("Weir", "78822"))
ABROAD = (
    ("Av. Insurgentes 1457, Int. 3", "Ciudad de México", "CDMX", "03920", "MX"),
    ("вул. Садова 12, кв. 4", "Чернівці", "", "58000", "UA"),
    ("12 rue de l’Église", "Saint-Brieuc", "", "22000", "FR"),
    ("17 Harbour Terrace", "Dún Laoghaire", "", "A96 XY00", "IE"),
)
AGENCIES = ("Harbor Youth Services", "Casa Puente, Inc.", "Three Rivers Foster Care")
CHANNELS = ("", "portal", "portal", "email", "print", "meeting")

Address = tuple[str, str, str, str, str]  # street, city, state, postal code, country
NOWHERE: Address = ("", "", "", "", "")


@dataclass(frozen=True)
class Contact:
    """An adult of a household, as made up; `adult` says what they are to the children."""

    id: str
    adult: Adult
    given: str
    family: str
    address: Address
    email: str
    phone: str
    language: str
    channel: str


@dataclass(frozen=True)
class Household:
    """The family of one eldest child; its children may go to two schools."""

    school: School  # of the eldest child
    culture: Culture
    family: str  # the children's family name
    contacts: tuple[Contact, ...]


@lru_cache(maxsize=4)  # the current school and its partner
def _decks(district: District, school: int) -> tuple[list[Culture], list[tuple[Adult, ...]]]:
    kinds = [adults for share, adults in HOUSEHOLDS for _ in range(share)]
    district.rng("kinds", school).shuffle(kinds)
    return culture_deck(district.rng("cultures", school)), kinds


def household(school: School, place: int) -> Household:
    """The family whose eldest child has that place; made anew, and equal, whenever asked."""
    district, number = school.district, school.family_numbers[place]
    cultures, kinds = _decks(district, school.number)
    culture, adults = cultures[number % len(cultures)], kinds[number % len(kinds)]
    if school.divided(place):
        adults = DIVIDED
    rng = district.rng("family", school.number, place)
    family, home = family_name(culture, rng), _address(rng)
    contacts: list[Contact] = []
    for position, adult in enumerate(adults):
        made = _contact(
            f"C{school.number:03d}{place:05d}{position}", adult, rng, culture=culture, family=family, home=home
        )
        if adult.email == "shared":  # one mailbox, entered for two people
            made = Contact(**vars(made) | {"email": contacts[0].email})
        contacts.append(made)
    return Household(school, culture, family, tuple(contacts))


def _contact(id_: str, adult: Adult, rng: Random, *, culture: Culture, family: str, home: Address) -> Contact:
    # every value is drawn, used or not: another kind of adult must not change those after
    other, abroad, phone = _address(rng), rng.choice(ABROAD), f"+1 555 01{rng.randrange(100):02d}"
    own_family, given, agency = family_name(culture, rng), given_name(culture, rng), rng.choice(AGENCIES)
    language = "" if culture.language == "en" and rng.random() < 0.5 else culture.language
    channel = rng.choice(CHANNELS)
    if adult.relation == "Agency":
        given, own_family, language = "", agency, "en"
    elif adult.home == "family":
        own_family = family
    return Contact(
        id_,
        adult,
        given,
        own_family,
        address={"family": home, "other": other, "abroad": abroad, "none": NOWHERE}[adult.home],
        email=f"{id_.lower()}@families.example.org" if adult.email == "own" else "",
        phone=phone,
        language=language,
        channel="" if adult.restriction or not adult.email else channel,
    )


def _address(rng: Random) -> Address:
    city, code = rng.choice(CITIES)
    return (f"{rng.randrange(1, 1900)} {rng.choice(STREETS)}", city, "TX", code, "US")
