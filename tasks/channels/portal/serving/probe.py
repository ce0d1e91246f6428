"""Whether something answers at an address: `python -m termpost.tasks.channels.portal.serving.probe URL`.

For a container without a shell, curl or wget. It imports nothing else of termpost: asking is cheap.
"""

import http.client
import sys
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

SECONDS = 4.0
ANSWERS = "it answers"


def probe(url: str, seconds: float = SECONDS) -> str:
    """`it answers`, or why not, in a few words."""
    if not url.startswith(("http://", "https://")):
        return "this is no http address"
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=seconds) as answer:
            return ANSWERS if answer.status < http.client.BAD_REQUEST else f"it answers {answer.status}"
    except (URLError, OSError, http.client.HTTPException) as error:
        return f"it does not answer ({type(error).__name__})"


if __name__ == "__main__":
    said = probe(sys.argv[1]) if len(sys.argv) == 2 else "usage: probe URL"  # noqa: PLR2004 - the command and the address
    sys.exit(0 if said == ANSWERS else said)
