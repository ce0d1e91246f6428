"""The page for families: one sheet in each language, which leads to the door, and names nobody."""

from datetime import date

import pytest
from termpost.schemas.documents.report import Contact
from termpost.schemas.settings.channels import ChannelSettings, Portal
from termpost.schemas.settings.settings import Institution, Settings
from termpost.tasks.documents.wording import languages
from termpost.tasks.papers.family_guide import make_family_guide

from tests.reading import page_texts

DAY = date(2021, 12, 17)
PHONE, LINK = "+1 512 555 0142", "https://portal.school.example"
ALL = ("en", *(tag for tag in languages() if tag != "en"))
SCHOOL = Institution(
    name="Grand Bend Independent School District", short_name="Grand Bend", languages=ALL,
    ask=Contact(name="Grand Bend High School Office", email="office@school.example", phone=PHONE),
)  # fmt: skip


def guide(*, portal: bool) -> list[str]:
    channels = ChannelSettings(portal=Portal(base_url=LINK)) if portal else ChannelSettings()
    settings = Settings(institution=SCHOOL, channels=channels)
    return [page for page in page_texts(make_family_guide(settings, DAY, "US", ALL)) if page.strip()]


@pytest.mark.parametrize("portal", [True, False])
def test_it_is_one_page_in_each_language_with_the_way_in_and_whom_to_call(portal: bool) -> None:
    pages = guide(portal=portal)
    assert len(pages) == len(ALL)
    for page in pages:
        text = " ".join(page.split())
        assert PHONE.replace(" ", "") in text.replace(" ", "")
        assert (LINK in text) is portal


def test_nothing_in_it_says_that_a_right_ends() -> None:
    (english, *_others) = guide(portal=True)
    assert "At any time you may see what the school keeps" in " ".join(english.split())
