"""Names in the scripts that families write: printed, or that one report is held, never the whole school."""

import unicodedata
from pathlib import Path

import pytest
from termpost.schemas.documents.identity import written_name
from termpost.schemas.documents.report import Report
from termpost.tasks.render.pdf import make_pdf

from tests.case_reports import CaseReports
from tests.report_check import check_report_text
from tests.report_text import read_pdf

NAMES = {
    "Arabic": "ليلى العلي", "Armenian": "Անի Պետրոսյան", "Bengali": "অনন্যা সেন", "Chinese": "王小明 張曉華",
    "Cyrillic": "Оксана Шевченко", "Devanagari": "अनन्या शर्मा", "Ethiopic": "ሰላም ተስፋዬ", "Georgian": "ნინო ბერიძე",
    "Greek": "Ελένη Παππά", "Gujarati": "આરવ પટેલ", "Gurmukhi": "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ", "Hebrew": "נועה כהן",
    "Japanese": "佐藤さくら", "Khmer": "សុខា ចាន់", "Korean": "김서연", "Lao": "ບຸນມີ", "Myanmar": "အောင်ဆန်း",
    "Sinhala": "නිමල් පෙරේරා", "Tamil": "கவிதா", "Telugu": "రవి కుమార్", "Thai": "สมชาย", "Vietnamese": "Nguyễn Thị Hương",
    "Hawaiian": "Kaʻiulani", "decomposed": "Zoe\u0308 Mu\u0308ller", "JIS X 0213": "髙橋 𠮷野 﨑", "Tibetan": "བསྟན་འཛིན",
    "Thaana": "މުޙައްމަދު", "Meetei Mayek": "ꯃꯅꯤꯄꯨꯔ", "Tifinagh": "ⵜⴰⵎⴰⵣⵉⵖⵜ", "Kannada": "ಕನ್ನಡ", "Malayalam": "മലയാളം",
    "Cherokee": "ᎠᏂᏔ", "NKo": "ߒߞߏ", "emoji": "Ada 🌻 1️⃣ 🇩🇪 👨‍👩‍👧 👍🏽",
}  # fmt: skip
NO_FONT = "𓀀𓁐"  # Egyptian hieroglyphs


def named(report: Report, name: str) -> Report:
    return report.model_copy(update={"student": report.student.model_copy(update={"name": name})})


@pytest.mark.parametrize("script", NAMES)
def test_a_name_in_this_script_can_be_printed(report: Report, script: str) -> None:
    assert make_pdf(named(report, NAMES[script]), "en").startswith(b"%PDF")


def test_a_script_without_a_font_is_spelled_out_by_the_names_of_its_signs(report: Report) -> None:
    text = read_pdf(make_pdf(named(report, NO_FONT), "en"))
    assert "[EGYPTIANHIEROGLYPHA001][EGYPTIANHIEROGLYPHB001]" in "".join(text.split())


def test_marks_that_no_font_has_together_are_spelled_out_too(report: Report) -> None:
    assert make_pdf(named(report, "ക\u0308 क\u0591 \u20e3 王\u0308 A\u0ebc\u1039"), "en").startswith(b"%PDF")


@pytest.mark.parametrize(
    ("given", "middle", "family", "said"),
    [
        ("志强", None, "欧阳", "欧阳志强"), ("さくら", None, "髙橋", "髙橋さくら"), ("민준", None, "김", "김민준"),
        ("ノブ", None, "𠮷野", "𠮷野ノブ"), ("莎士比亚·威廉", None, "李", "李莎士比亚·威廉"),
        ("Minjun", None, "Kim", "Minjun Kim"), ("Wei", "Li", "王", "Wei Li 王"), (None, None, "王", "王"),
        ("Thị Ánh", None, "Nguyễn", "Thị Ánh Nguyễn"),
    ],
)  # fmt: skip
def test_a_name_is_written_in_the_order_of_its_script(
    given: str | None, middle: str | None, family: str | None, said: str
) -> None:
    assert written_name(given, middle, family) == said


def test_every_name_of_the_case_is_printed_and_none_as_a_box(tmp_path: Path) -> None:
    reports = CaseReports("10-names", tmp_path).reports("mid")
    names = {report.student.name for report in reports.values()}
    assert {"髙橋さくら", "欧阳志强", "김서연", "龔雅婷"} <= names
    assert len(names) == 35
    for report in reports.values():
        text = read_pdf(make_pdf(report, "en"))
        assert "[" not in "".join(unicodedata.normalize("NFC", text)).partition("Progress report")[2][:200]


def test_the_counts_after_a_name_from_right_to_left_stay_behind_it(report: Report) -> None:
    taught = report.courses[0].model_copy(update={"teachers": ("D'Andre MacLeod", "عبد الرحمن نور")})
    text = read_pdf(make_pdf(report.model_copy(update={"courses": (taught,)}), "en"))
    assert " · 14 graded · 1 missing" in text  # the number would turn up on the other side of the name
    assert check_report_text(text) == []
