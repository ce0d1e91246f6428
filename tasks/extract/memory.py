"""An extract for DuckDB without touching the disk: a folder is read where it lies, a zip is unpacked in memory only."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
from fsspec.implementations.memory import MemoryFileSystem

from tasks.extract.source import SourceFile


@contextmanager
def in_memory(
    connection: duckdb.DuckDBPyConnection, path: Path, files: Sequence[SourceFile]
) -> Iterator[dict[str, str]]:
    """File name → what the connection's `read_csv` opens, while the block lasts."""
    if path.is_dir():
        yield {file.name: str(path / file.name) for file in files}
        return
    system = MemoryFileSystem()
    connection.register_filesystem(system)
    root = f"/termpost-{id(files)}"
    try:
        for file in files:
            with file.open() as source:
                system.pipe_file(f"{root}/{file.name}", source.read())
        yield {file.name: f"memory:/{root}/{file.name}" for file in files}
    finally:
        system.rm(root, recursive=True)
        connection.unregister_filesystem("memory")
