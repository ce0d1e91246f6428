"""In a rehearsal the sender's name says so, and with it every page, paper, message and form that is made."""

from termpost.schemas.settings.settings import Settings

# the school's first language → the word; families never read a rehearsal, so it stands in no locale
WORDS = {"en": "Rehearsal", "es": "Ensayo", "fr": "Répétition", "zh": "演练", "ar": "تجربة", "uk": "Репетиція"}


def marked_as_rehearsal(settings: Settings) -> Settings:
    """The same, but for the institution's names and the first line of its return address, which is on every letter."""
    institution = settings.institution
    word = WORDS.get(institution.languages[0].partition("-")[0], WORDS["en"])
    names: dict[str, object] = {"name": f"{word} · {institution.name}", "short_name": f"{word} · {institution.called}"}
    first, *rest = institution.address or ("",)
    names["address"] = (f"{word} · {first}" if first else word, *rest)
    return settings.model_copy(update={"institution": institution.model_copy(update=names)})
