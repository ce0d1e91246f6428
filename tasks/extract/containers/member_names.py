"""Names of what lies in an archive: they may name anything, and are held to its inside."""

from pathlib import PurePosixPath

from termpost.schemas.base.errors import InputError


def unsafe(kind: str, where: str) -> InputError:
    return InputError(f"unsafe-{kind}", f"the {kind} names files outside itself", where,
                      "export it again; do not unpack it")  # fmt: skip


def member_name(name: str, kind: str, where: str) -> str:
    """The name with slashes. Windows programs part folders with a backslash, which is no harm by itself.

    Raises:
        InputError: `unsafe-zip`, `unsafe-tar`: a way out, a drive or an absolute path.
    """
    slashed = name.replace("\\", "/")
    path = PurePosixPath(slashed)
    if path.is_absolute() or ".." in path.parts or ":" in slashed:
        raise unsafe(kind, where)
    return slashed
