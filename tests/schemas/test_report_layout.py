"""`[report]`: which kind of report whom."""

import pytest
from pydantic import ValidationError
from termpost.schemas.settings.settings import ReportSettings


def test_the_first_that_holds_counts_and_the_rest_is_the_school_s_kind() -> None:
    settings = ReportSettings.model_validate({
        "layout": "grades",
        "for": [
            {"layout": "early-years", "grades": ["KG", "1"], "kinds": ["midterm"]},
            {"layout": "narrative", "schools": ["255"]},
        ],
    })  # fmt: skip
    assert settings.layout_of("midterm", "01", "9") == "early-years"
    assert settings.layout_of("midterm", "kg, PR", "9") == "early-years"
    assert settings.layout_of("final", "01", "9") == "grades"
    assert settings.layout_of("midterm", None, "255") == "narrative"
    assert settings.layout_of("midterm", "10", "9") == "grades"
    assert ReportSettings().layout_of("final", "01", "9") == "full"


@pytest.mark.parametrize("said", [{"layout": "narative"}, {"for": [{"layout": "narative"}]}])
def test_an_unknown_kind_is_told(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="no kind of report"):
        ReportSettings.model_validate(said)
