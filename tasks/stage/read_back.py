"""Reading back what render put into the store: only bytes that lie there as they were made go on."""

from termpost.schemas.base.errors import RetryableError
from termpost.schemas.base.refs import Rendered, Staged
from termpost.tasks.runtime.concurrent import concurrent_map
from termpost.tasks.store.interface import Store


def read_back(store: Store, rendered: Rendered) -> Staged:
    """Compares the sha256 of every object as it lies in the store with that of the bytes render made.

    Raises:
        RetryableError: an object is absent or differs. Where that lasts, it must be restored from the backup: a version
            that was made is never made again (law 5).
    """
    heads = concurrent_map(lambda rendition: store.head(rendition.object), rendered.renditions)
    for rendition, head in zip(rendered.renditions, heads, strict=True):
        if head is None or head.sha256 != rendition.sha256:
            raise RetryableError(f"{rendition.object} does not lie in the store as it was made")
    return Staged(rendered.batch, rendered.renditions, rendered.unmade, rendered.unneeded)
