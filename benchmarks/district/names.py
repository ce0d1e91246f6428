"""Names of people who do not exist, from small lists, in the forms that real registers hold."""

import unicodedata
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Culture:
    """Where a family's names come from, and the language it reads (BCP 47)."""

    language: str
    given: tuple[str, ...]
    family: tuple[str, ...]
    families: int = 1  # family names a person bears; 0: one name only
    decomposed: bool = False  # accents as combining marks (NFD)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ENGLISH = Culture(
    "en",
    _words("Grace Oliver Maeve Ruth Theo D'Andre Mary-Kate Imani Walter June Otis Pearl Silas Nora Abel Hattie"),
    ("O'Brien", "O’Malley", "Whitlock", "Hale, Jr.", "Ash", "Penhaligon", "Van der Berg", "Smith-Okoro", "Fairweather",
     "Tull", "Marsh", "Ogilvie", "Crane", "MacLeod"),
)  # fmt: skip
HAWAIIAN = Culture("en", _words("Keʻala Kaʻimi Nāinoa Leilani Hōkū"), _words("Kealiʻi Kahoʻokele Maunaʻala Kaʻaukai"))
SPANISH = Culture(
    "es",
    _words("José Lucía Íñigo Marisol Ángel Ximena Begoña Raúl Inés Joaquín"),
    ("Núñez", "Ibáñez", "de la Peña", "Ortega", "Güell", "Zúñiga", "Del Río", "Cárdenas", "Muñoz"),
    families=2,
)
FOUR_FAMILIES = Culture("es", SPANISH.given, SPANISH.family, families=4)
FRENCH = Culture(
    "fr", _words("Zoé Noël Hélène Étienne Aurélie Gaël Anaïs"), _words("Lefèvre D’Aubigné Béranger Gérôme")
)
FRENCH_DECOMPOSED = Culture(FRENCH.language, FRENCH.given, FRENCH.family, decomposed=True)
CHINESE = Culture("zh-Hans", _words("欣怡 浩然 子涵 梓萱 明 雨桐 思远"), _words("王 李 欧阳 陈 司徒 赵"))
ARABIC = Culture("ar", _words("محمد ليلى يوسف نور سلمى كريم"), ("العلي", "بن سعيد", "الحداد", "عبد الرحمن", "قاسم"))
UKRAINIAN = Culture("uk", _words("Олена Андрій Соломія Їжак Євген Ґанна"), _words("Коваленко Під’яр Щербак Мельник"))
VIETNAMESE = Culture("vi", _words("Thị-Mai Đức Hương Tuấn Bích"), _words("Nguyễn Trần Phạm Đặng"))
VIETNAMESE_DECOMPOSED = Culture(VIETNAMESE.language, VIETNAMESE.given, VIETNAMESE.family, decomposed=True)
HINDI = Culture("hi", _words("आरव दीया कबीर मीरा"), _words("शर्मा मेहता चौहान"))
BRAZILIAN = Culture(
    "pt-BR", _words("João Conceição Antônio Luíza"), ("Gonçalves", "da Conceição", "Araújo"), families=2
)
SOMALI = Culture("so", _words("Hodan Cabdi Faduma Warsame"), _words("Xasan Cali Jaamac"))
SINGLE = Culture("id", _words("Wulandari Budiman Sukarsih Kartono"), (), families=0)
FORMULA = Culture("en", ("=Max", "Ida", "=1+1"), ("=Cruz", "=SUM(A1:A9)"))  # a spreadsheet would run these

# how often each comes in every 61 families
SHARES = (
    (ENGLISH, 24), (SPANISH, 11), (CHINESE, 4), (ARABIC, 4), (UKRAINIAN, 4), (FRENCH, 2), (FRENCH_DECOMPOSED, 2),
    (HAWAIIAN, 2), (FOUR_FAMILIES, 1), (VIETNAMESE, 1), (VIETNAMESE_DECOMPOSED, 1), (HINDI, 1), (BRAZILIAN, 1),
    (SOMALI, 1), (SINGLE, 1), (FORMULA, 1),
)  # fmt: skip


def culture_deck(rng: Random) -> list[Culture]:
    """A shuffled round of 61 families: all cultures come within it, whatever the seed."""
    deck = [culture for culture, share in SHARES for _ in range(share)]
    rng.shuffle(deck)
    return deck


def _form(name: str, culture: Culture) -> str:
    return unicodedata.normalize("NFD" if culture.decomposed else "NFC", name)


def given_name(culture: Culture, rng: Random) -> str:
    """A given name; for those with one name only, that name."""
    return _form(rng.choice(culture.given), culture)


def family_name(culture: Culture, rng: Random) -> str:
    """A family name, of several words where the culture has several; blank for those with one name only."""
    return _form(" ".join(rng.sample(culture.family, culture.families)), culture)
