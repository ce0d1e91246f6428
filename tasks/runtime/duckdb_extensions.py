"""DuckDB's own extensions, from the wheels they come in: nothing is downloaded at run time."""

from functools import cache
from importlib import resources
from pathlib import Path

import duckdb

EXTENSIONS = ("ducklake", "sqlite_scanner", "httpfs")  # httpfs brings the OpenSSL that writing encrypted files needs


def load_extensions(connection: duckdb.DuckDBPyConnection) -> None:
    """DuckDB's own signed extensions. Verifying a signature takes 0.1 s, so each file is verified once a process."""
    version = f"v{duckdb.__version__}"
    for name in EXTENSIONS:
        # straight from the wheel: nothing is written to the home folder, so workers never race for it
        folder = resources.files(f"duckdb_extension_{name}") / "extensions" / version
        binary = Path(str(folder)) / f"{name}.duckdb_extension"
        kept = binary.stat() if binary.is_file() else None
        _verify(str(binary) if kept else name, (kept.st_ino, kept.st_size, kept.st_mtime_ns) if kept else None)
        connection.load_extension(str(binary) if kept else name)


@cache
def _verify(extension: str, file: tuple[int, int, int] | None) -> None:  # noqa: ARG001 - another file is verified anew
    """Raises duckdb.Error where the extension is not signed by DuckDB's own key."""
    with duckdb.connect() as strict:  # allows no unsigned extension
        strict.load_extension(extension)
