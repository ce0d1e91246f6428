"""An address as the post of its country reads it: by the case's ten, and by what each country's post asks for."""

import csv

import pytest
from termpost.schemas.documents.identity import Reach
from termpost.tasks.documents.postal_address import PostedFrom, country_code, postal_lines
from termpost.tasks.documents.verify.letter_lines import contains_lines

from tests.case_reports import CASES

GERMANY, UNITED_STATES = PostedFrom("DE", "en"), PostedFrom("US", "en")


def reach(street: str, city: str, state: str, code: str, country: str) -> Reach:
    return Reach(
        "s", street or None, city or None, state=state or None, postal_code=code or None, country=country or None
    )


def test_the_ten_addresses_of_the_case_posted_in_germany() -> None:
    with (CASES / "14-addresses" / "extract" / "supplement" / "contacts.csv").open(
        newline="", encoding="utf-8"
    ) as file:
        rows = list(csv.DictReader(file))
    lines = [
        postal_lines(reach(r["street"], r["city"], r["state"], r["postalCode"], r["country"]), GERMANY) for r in rows
    ]
    assert lines[:8] == [
        ("Hauptstraße 5", "89073 Ulm"),
        ("12 bis rue de la République", "75011 Paris", "FRANCE"),
        ("Flat 2, 14 Station Road", "BRISTOL", "BS1 6QH", "UNITED KINGDOM"),
        ("1-2-3 Kasumigaseki, Chiyoda-ku, Tokyo", "100-0013", "JAPAN"),
        ("Blk 123 Bishan St 12 #08-45", "SINGAPORE 570123", "SINGAPORE"),
        ("Flat 8B, Tower 3, 88 Queen’s Road", "Hong Kong"),
        ("Ballyvaughan", "Co. Clare", "H91 X2Y3", "IRELAND"),
        ("Rua das Flores, 100", "Ap. 42", "Jardim América", "São Paulo-SP", "01422-001", "BRAZIL"),
    ]
    assert lines[8][1:] == ("LLANFAIRPWLLGWYNGYLLGOGERYCHWYRNDROBWLLLLANTYSILIOGOGOGOCH", "LL61 5UJ", "UNITED KINGDOM")
    assert lines[9] == ("вул. Хрещатик, 1", "Київ", "01001", "UKRAINE")


@pytest.mark.parametrize(
    ("home", "address", "lines"),
    [
        (UNITED_STATES, ("1 Elm St", "Grand Bend", "TX", "78834", "USA"), ("1 Elm St", "Grand Bend, TX 78834")),
        (UNITED_STATES, ("1 Elm St", "Grand Bend", "", "", ""), ("1 Elm St", "Grand Bend")),
        (GERMANY, ("1 Elm St", "Grand Bend", "TX", "78834", "U.S.A."),
         ("1 Elm St", "Grand Bend, TX 78834", "UNITED STATES")),
        (PostedFrom("DE", "de"), ("1 rue X", "Lyon", "Rhône", "69001", "Frankreich"),
         ("1 rue X", "69001 Lyon", "FRANKREICH")),
        (GERMANY, ("Hauptstr. 1", "München", "Bayern", "80331", "Deutschland"), ("Hauptstr. 1", "80331 München")),
        (PostedFrom("JP", "ja"), ("霞が関1-2-3", "千代田区", "東京都", "100-0013", "日本"),
         ("〒100-0013", "東京都千代田区", "霞が関1-2-3")),
        (PostedFrom("SG", "en"), ("1 Road", "Singapore", "", "570123", "SG"), ("1 Road", "SINGAPORE 570123")),
        (PostedFrom("GB", "en"), ("Rose Cottage", "Bath", "Somerset", "ba1 1aa", ""),
         ("Rose Cottage", "BATH", "BA1 1AA")),
        (UNITED_STATES, ("1 Long Lane", "Port", "North", "77", "Narnia"), ("1 Long Lane", "Port, North 77", "NARNIA")),
        (UNITED_STATES, ("Via Roma 1", "Milano", "MI", "20121", "Italia"), ("Via Roma 1", "20121 Milano MI", "ITALY")),
        (GERMANY, ("", "Ulm", "", "89073", ""), ()),
        (GERMANY, ("", "", "", "", "Germany"), ()),
    ],
)  # fmt: skip
def test_an_address_has_the_lines_of_its_country(
    home: PostedFrom, address: tuple[str, str, str, str, str], lines: tuple[str, ...]
) -> None:
    assert postal_lines(reach(*address), home) == lines
    assert reach(*address).has_address is bool(lines)


def test_a_long_line_that_was_broken_at_a_hyphen_is_found_in_its_letter() -> None:
    assert contains_lines("bei Familie Schmidt\x02Meier-Müller", [("bei Familie Schmidt-Meier-Müller",)])
    assert not contains_lines("bei Familie Schmidt\x02Meier", [("bei Familie SchmidtMeier",)])


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("de", "DE"), ("DEU", "DE"), ("Deutschland", "DE"), ("Allemagne", "DE"), ("FRANCE", "FR"),
        ("the Netherlands", "NL"),
        ("U.K.", "GB"), ("England", "GB"), ("Україна", "UA"), ("日本", "JP"), ("中国", "CN"), ("Côte d'Ivoire", "CI"),
        ("Südkorea", "KR"), ("South Korea", "KR"), ("Narnia", None),
    ],
)  # fmt: skip
def test_a_country_is_known_however_it_is_written(written: str, code: str | None) -> None:
    assert country_code(written, "en") == code
