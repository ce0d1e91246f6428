"""An outside monitor is told that the watch ran (`[deadlines] ping_url`): it notices what nobody here can, that this
whole machine is off.

As healthchecks.io and its likes take it: the address after a good run, and with /fail where something is overdue.
Whoever knows the address can speak for the watch, so no message names it.
"""

from typing import Final

import httpx

WAIT: Final = 10.0  # seconds


def ping(url: str, *, fails: bool, wait: float = WAIT) -> bool:
    """Whether the monitor took it. Nothing is raised and nothing tried again: the watch has done its work, and the
    monitor says by itself that it heard nothing."""
    try:
        with (
            httpx.Client(timeout=wait, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", f"{url}/fail" if fails else url) as answer,
        ):
            return answer.is_success
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
