"""Names that are nearly those of files that are read. Such a file is refused: a restriction in it would be lost."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import PurePosixPath

from rapidfuzz.distance import OSA
from termpost.tasks.extract.names import CHECKSUM_SUFFIXES
from termpost.tasks.formats.datasets import SUPPLEMENT_FILES, SUPPLEMENT_FOLDER
from termpost.tasks.formats.registry import known_names, near_name

SLIPS = 2  # letters that may be wrong in a name
SHORT = 5  # letters; in a shorter name two letters make another word
SUFFIX = re.compile(
    r"\.(csv|txt|tsv|tab|dat|gz|zip|xlsx?|xlsm|xlsb|ods|numbers|bak|old|orig|backup|save|tmp|temp|part|partial|filepart"
    r"|crdownload|download|swp|new|copy|[0-9]{1,3})[~_]?$|~$"
)
# what a file manager, a person or an export adds to a name, and nothing else
ADDED = (
    r"copy|copies|kopie|kopia|copia|copie|kopi|cópia|of|von|de|final|new|old|neu|alt|fixed"
    r"|corrected|updated|latest|backup|bak|orig|original|test|edited|draft|export|exported|utf8|utf|excel|sheet|csv|txt"
    r"|v?[0-9]+|[0-9]+t[0-9]+z?"
)
GLUED = re.compile(r"^(?:old|new|copyof|copy)|(?:old|new|copy|final|backup|bak|v?[0-9]+)$")  # usersFinal
ADDITION = re.compile(rf"(?:{ADDED})")


@cache
def _stems() -> Mapping[str, str]:
    """Folded stem → the name that is read."""
    return {_folded(PurePosixPath(name).stem): name for name in known_names()}


def meant_name(name: PurePosixPath) -> str | None:
    """The name under which the file would be read, where its own is another case, place or spelling of it.

    A file that has the very name is no near miss: it gives None. So does one that is like none.
    """
    if str(name) in known_names():
        return None
    return near_name(name) or _meant(name) or _meant_in_supplement(name)


def _meant(name: PurePosixPath) -> str | None:
    stem = _bare(name.name)
    tokens = [token for token in re.split(r"[^\w]+|_+", stem) if token]
    for candidate in _candidates(tokens):
        found = _stems().get(candidate)
        if found is not None:
            return found
    # of two that are as near the first by name counts: which is meant is for a person to know, the file is refused
    near = [
        (distance, known)
        for candidate in _candidates(tokens)
        for folded, known in _stems().items()
        if (distance := OSA.distance(candidate, folded, score_cutoff=SLIPS)) <= (1 if len(folded) <= SHORT else SLIPS)
    ]
    return min(near)[1] if near else None


def _meant_in_supplement(name: PurePosixPath) -> str | None:
    """Nothing but our own files lies there: whatever has the word of one in its name, in any format, is one."""
    if name.parent == PurePosixPath() or OSA.distance(name.parts[0].strip().casefold(), SUPPLEMENT_FOLDER) > SLIPS:
        return None
    if name.suffix.casefold() in CHECKSUM_SUFFIXES:
        return None
    words = re.split(r"[\W_]+", _bare(name.stem))
    right = next((found for word in words if (found := _near_word(word))), None)
    return f"{SUPPLEMENT_FOLDER}/{right}.csv" if right else None


def _near_word(word: str) -> str | None:
    own = (PurePosixPath(file).stem for file in sorted(SUPPLEMENT_FILES))
    return next((stem for stem in own if OSA.distance(word, stem.casefold(), score_cutoff=1) <= 1), None)


def _bare(file: str) -> str:
    """The file's name, folded, without what stands behind its last dots."""
    text = unicodedata.normalize("NFC", file).strip().casefold()
    while (cut := SUFFIX.sub("", text).strip()) != text and cut:
        text = cut
    return text


def _candidates(tokens: list[str]) -> Iterable[str]:
    """The whole name in one word, and what is left of it without additions."""
    bare = [token for token in tokens if not ADDITION.fullmatch(token)]
    yield from dict.fromkeys(_folded("".join(part)) for part in (tokens, bare) if part)
    if bare:
        word = GLUED.sub("", _folded("".join(bare)))
        yield word
        yield re.sub(r"y$", "ies", word)  # category


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())
