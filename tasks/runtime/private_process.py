"""What a process of termpost leaves behind: files that are its owner's, and no copy of its memory."""

import os
import resource


def keep_private() -> None:
    """For the process and those that it starts. DuckDB and Prefect create files with the modes the umask allows, and
    a core dump would hold keys, codes and marks in clear."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
