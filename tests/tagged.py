"""Objects that carry a tag, as tests read and write them."""

import json
from typing import Any

from termpost.schemas.documents.prepared import PreparedSchool, manifest_key
from termpost.schemas.documents.stored_objects import versions
from termpost.tasks.home.home import Home
from termpost.tasks.secrets.object_tags import ObjectTags, split
from termpost.tasks.stage.manifests import manifest_of
from termpost.tasks.store.interface import Store

TAGS = ObjectTags(bytes(32))  # of no home


def said(data: bytes) -> Any:
    """The JSON of an object, whatever its tag."""
    return json.loads(split(data)[0])


def manifest_in(home: Home, school: str, cycle: str) -> PreparedSchool:
    found = manifest_of(home, school, cycle)
    assert found
    return found


def lies_at(store: Store, school: str, cycle: str) -> str:
    """Where the one version of a manifest lies."""
    (key,) = store.list(versions(manifest_key(school, cycle)))
    return key
