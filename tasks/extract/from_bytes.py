"""An extract for DuckDB without touching the disk: a file is read where it lies, all else stays in memory only."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import duckdb
from fsspec.implementations.memory import MemoryFileSystem
from termpost.tasks.formats.source_file import SourceFile


@contextmanager
def in_memory(connection: duckdb.DuckDBPyConnection, files: Sequence[SourceFile]) -> Iterator[dict[str, str]]:
    """File name → what the connection's `read_csv` opens, while the block lasts."""
    on_disk = {file.name: str(file.path) for file in files if file.path}
    if len(on_disk) == len(files):
        yield on_disk
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
