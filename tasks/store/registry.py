"""Which store an address means. A new kind is a folder beside `file` and `s3`, and a line here."""

from pkgutil import resolve_name

from termpost.schemas.base.errors import InputError
from termpost.tasks.store.interface import Store, StoreContext, StoreKind

# by the scheme of `[store] url`; imported when it is named, since what reaches a cloud is slow to import
STORES = {
    "file": "termpost.tasks.store.file.store:FileStore",
    "s3": "termpost.tasks.store.s3.store:S3Store",
}


def store_class(scheme: str) -> type[StoreKind]:
    """The implementation of a scheme; KeyError where there is none."""
    found: type[StoreKind] = resolve_name(STORES[scheme])
    return found


def open_store(context: StoreContext) -> Store:
    """The store that the settings name.

    Raises:
        InputError: a kind that nobody knows, and whatever the store says of its address and credentials.
    """
    scheme, _, _ = context.settings.url.partition(":")
    if scheme not in STORES:
        kinds = " or ".join(f"{known}:" for known in sorted(STORES))
        raise InputError("unknown-store", "this kind of store is not known", "termpost.toml [store] url",
                         f"give an address that begins with {kinds}")  # fmt: skip
    return store_class(scheme).open(context)
