"""Objects that later steps go by: written and read in one place, each with its tag and, where it outlives its run, with
an entry of the log that says which version counts."""

from collections.abc import Callable, Sequence

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.stored_objects import label_of, location, versions
from termpost.schemas.log.entry import Entry
from termpost.tasks.home.home import Home
from termpost.tasks.secrets.object_tags import PUT_BACK, changed, gone, split


def put_tagged(home: Home, name: str, body: bytes, about: Sequence[PersonRef] | None = None) -> str:
    """Puts an object under its name; returns the tag, for whoever reads it within the same run.

    Args:
        about: everybody whom it is about, where its kind is about people.
    """
    home.store.put(name, home.tags.tagged(name, body), about=about)
    return home.tags.of(name, body)


def get_tagged(home: Home, name: str, tag: str | None = None, remedy: str = PUT_BACK) -> bytes:
    """What lies under a name.

    Args:
        tag: that whoever wrote it in this run handed on, or that another object names; None: any of this home's.

    Raises:
        Refused: `object-gone`, `object-changed`, `no-tag`.
    """
    try:
        data = home.store.get(name)
    except KeyError:
        raise gone(name, remedy) from None
    body = home.tags.opened(name, data)
    if tag is not None and split(data)[1] != tag:
        raise changed(name, remedy)
    return body


def keep(home: Home, run: str, name: str, body: bytes, actor: str = "pipeline") -> None:
    """Makes this the version of the object that counts; one that counts already is not logged again.

    It lies in a place of its own before the log names it. Killed before the entry, the version before counts still, and
    what was put is swept away by the next one.
    """
    tag, before = home.tags.of(name, body), home.log.kept().get(name)
    home.store.put(location(name, tag), home.tags.tagged(name, body))
    if tag == before:
        return
    home.log.append(run, [kept_entry(name, tag, actor)])
    if before is not None:
        for key in list(home.store.list(versions(name))):
            if key != location(name, tag):
                home.store.delete(key)


def kept_entry(name: str, tag: str, actor: str = "pipeline") -> Entry:
    """That this version of an object counts from now on."""
    return Entry(kind="kept", actor=actor, cycle=label_of(name).cycle or None, object=name, digest=tag)


def kept_names(home: Home, is_meant: Callable[[str], bool]) -> list[str]:
    """Names of the kept objects that the log knows, in order."""
    return sorted(name for name in home.log.kept() if is_meant(name))


def kept(home: Home, name: str) -> bytes | None:
    """The version that counts; None where the log knows of none. Read once for a home that is open.

    Raises:
        Refused: `object-gone`, `object-changed`, `no-tag`.
    """
    tag = home.log.kept().get(name)
    if tag is None:
        return None
    if home.read_objects.get(name, ("", b""))[0] != tag:
        home.read_objects[name] = (tag, kept_version(home, name, tag))
    return home.read_objects[name][1]


def kept_version(home: Home, name: str, tag: str) -> bytes:
    """The version that an entry of the log names.

    Raises:
        Refused: `object-gone`, `object-changed`, `no-tag`.
    """
    place = location(name, tag)
    try:
        data = home.store.get(place)
    except KeyError:
        raise gone(place) from None
    body = home.tags.opened(name, data, place)
    if split(data)[1] != tag:
        raise changed(place)
    return body
