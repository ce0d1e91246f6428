"""Finished pages in the store, so that a run that broke off is taken up where it stopped. Gone once all has landed."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from termpost.schemas.base.clock import Clock
from termpost.tasks.secrets.object_tags import ObjectTags, split
from termpost.tasks.store.interface import Store

INCOMING = "landing/incoming"
INCOMING_FORMAT = "termpost.incoming/2"
FRESH = timedelta(hours=24)  # pages of an older attempt would mix two days of marks
BundleLine = tuple[str, str, str]  # file, sourcedId, the row as CSV
Thing = tuple[str, list[BundleLine]]  # an object's sourcedId, and the rows it makes: none where it is to be deleted


@dataclass(frozen=True)
class ServicePage:
    """What one answer brought."""

    things: list[Thing]
    total: int | None  # what the service said there is
    link: str | None  # the next page as its Link header said: "" where it names none, None where there is no header
    missing: bool = False  # 404 in place of a page behind the first
    inactive: bool = False  # some object has that status


class NotKept:
    """For a check, which writes nothing."""

    def page(self, collection: str, number: int) -> ServicePage | None:  # noqa: ARG002 - as below
        return None

    def keep(self, collection: str, number: int, page: ServicePage) -> None:
        pass

    def drop(self, collection: str) -> None:
        pass


class Kept:
    """Pages of one source under one set of settings."""

    def __init__(self, store: Store, tags: ObjectTags, of: Mapping[str, Any], clock: Clock) -> None:
        self.store, self.tags, self.clock = store, tags, clock
        self.prefix = f"{INCOMING}/{hashlib.sha256(json.dumps(of, sort_keys=True).encode()).hexdigest()}"
        self.attempt = self._running()

    def _running(self) -> str | None:
        """The name of the attempt that broke off, which its pages carry; None where it began too long ago."""
        try:
            said = json.loads(self._get(f"{self.prefix}/started.json") or b"")
            age = self.clock.today() - datetime.fromisoformat(said["started_at"])
            known = said["format"] == INCOMING_FORMAT and timedelta(0) <= age <= FRESH
            return str(said["attempt"]) if known else None
        except (KeyError, ValueError, TypeError):
            return None  # there is none, or not one of ours

    def _begin(self) -> str:
        """With the first page, so that a source that lets nobody in leaves nothing behind."""
        self.forget()
        attempt, now = uuid.uuid4().hex, self.clock.today().isoformat()
        started = {"format": INCOMING_FORMAT, "attempt": attempt, "started_at": now}
        self._put(f"{self.prefix}/started.json", started)
        return attempt

    def _put(self, key: str, value: Mapping[str, Any]) -> None:
        self.store.put(key, self.tags.tagged(key, json.dumps(value).encode()))

    def _get(self, key: str) -> bytes | None:
        """None where there is none, or one of an earlier version.

        Raises:
            Refused: `object-changed`.
        """
        try:
            data = self.store.get(key)
        except KeyError:
            return None
        return None if split(data)[1] is None else self.tags.opened(key, data)

    def _key(self, collection: str, number: int) -> str:
        return f"{self.prefix}/{collection}/{number:08d}.json"

    def page(self, collection: str, number: int) -> ServicePage | None:
        if self.attempt is None:
            return None
        found = self._get(self._key(collection, number))
        if found is None:
            return None
        said = json.loads(found)
        if said.pop("attempt") != self.attempt:
            return None
        things = [(name, [(file, id_, line) for file, id_, line in lines]) for name, lines in said["things"]]
        return ServicePage(things, said["total"], said["link"], said["missing"], said["inactive"])

    def keep(self, collection: str, number: int, page: ServicePage) -> None:
        self.attempt = self.attempt or self._begin()
        self._put(self._key(collection, number), {"attempt": self.attempt, **vars(page)})

    def drop(self, collection: str) -> None:
        for key in list(self.store.list(f"{self.prefix}/{collection}/")):
            self.store.delete(key)

    def forget(self) -> None:
        """Everything of this source."""
        for key in list(self.store.list(f"{self.prefix}/")):
            self.store.delete(key)
