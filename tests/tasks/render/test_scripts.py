"""Names in the scripts that families write: printed, or that one report is held, never the whole school."""

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.report import Report
from termpost.tasks.documents.typesetting import UNPRINTABLE
from termpost.tasks.render.pdf import make_pdf

from tests.report_check import check_report_text
from tests.report_text import read_pdf

NAMES = {
    "Arabic": "ليلى العلي", "Armenian": "Անի Պետրոսյան", "Bengali": "অনন্যা সেন", "Chinese": "王小明 張曉華",
    "Cyrillic": "Оксана Шевченко", "Devanagari": "अनन्या शर्मा", "Ethiopic": "ሰላም ተስፋዬ", "Georgian": "ნინო ბერიძე",
    "Greek": "Ελένη Παππά", "Gujarati": "આરવ પટેલ", "Gurmukhi": "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ", "Hebrew": "נועה כהן",
    "Japanese": "佐藤さくら", "Khmer": "សុខា ចាន់", "Korean": "김서연", "Lao": "ບຸນມີ", "Myanmar": "အောင်ဆန်း",
    "Sinhala": "නිමල් පෙරේරා", "Tamil": "கவிதா", "Telugu": "రవి కుమార్", "Thai": "สมชาย", "Vietnamese": "Nguyễn Thị Hương",
    "Hawaiian": "Kaʻiulani", "decomposed": "Zoe\u0308 Mu\u0308ller",
}  # fmt: skip
NO_FONT = "𓀀𓁐"  # Egyptian hieroglyphs


def named(report: Report, name: str) -> Report:
    return report.model_copy(update={"student": report.student.model_copy(update={"name": name})})


@pytest.mark.parametrize("script", NAMES)
def test_a_name_in_this_script_can_be_printed(report: Report, script: str) -> None:
    assert make_pdf(named(report, NAMES[script]), "en").startswith(b"%PDF")


def test_a_script_without_a_font_is_refused_rather_than_printed_as_boxes(report: Report) -> None:
    with pytest.raises(InputError) as refused:
        make_pdf(named(report, NO_FONT), "en")
    assert refused.value.code == UNPRINTABLE
    assert NO_FONT not in str(refused.value)


def test_the_counts_after_a_name_from_right_to_left_stay_behind_it(report: Report) -> None:
    taught = report.courses[0].model_copy(update={"teachers": ("D'Andre MacLeod", "عبد الرحمن نور")})
    text = read_pdf(make_pdf(report.model_copy(update={"courses": (taught,)}), "en"))
    assert " · 14 graded, 1 missing, 0 late" in text  # the number would turn up on the other side of the name
    assert check_report_text(text) == []
