"""Whose fault it was: a disk that is full is no fault of termpost, and is said so."""

import errno
import os
import sqlite3
from pathlib import Path

import duckdb
import pytest
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.tasks.runtime.os_errors import as_user_error

CASES = [
    (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/srv/Lisa Woods.pdf"), "disk-full"),
    (OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)), "disk-full"),
    (OSError(errno.EROFS, os.strerror(errno.EROFS), "vault/x"), "disk-read-only"),
    (OSError(errno.EACCES, os.strerror(errno.EACCES), Path("vault")), "not-permitted"),
    (OSError(errno.EIO, os.strerror(errno.EIO)), "disk-broken"),
    (duckdb.IOException('IO Error: Could not write file "/x/Lisa": No space left on device'), "disk-full"),
    (duckdb.TransactionException('Failed to execute query "COMMIT": database or disk is full'), "disk-full"),
    (duckdb.IOException('IO Error: Cannot open file "/x/Lisa": Read-only file system'), "disk-read-only"),
    (sqlite3.OperationalError("attempt to write a readonly database"), "disk-read-only"),
    (sqlite3.OperationalError("disk I/O error"), "disk-broken"),
    (duckdb.HTTPException("Request returned HTTP 403 for HTTP GET to 'http://h/b/Lisa'"), "access-denied"),
]


@pytest.mark.parametrize(("error", "code"), CASES)
def test_what_a_disk_refuses_is_one_line_with_a_mend_and_no_name_of_a_file(error: Exception, code: str) -> None:
    said = as_user_error(error)
    assert isinstance(said, InputError)
    assert said.code == code
    assert "\n" not in str(said)
    assert "Lisa" not in str(said)


@pytest.mark.parametrize("error", [
    duckdb.HTTPException("Request returned HTTP 503 for HTTP GET to 'http://h/b/Lisa'"),
    duckdb.IOException("IO Error: Could not establish connection error for HTTP HEAD to 'http://h/b/Lisa'"),
])  # fmt: skip
def test_a_store_that_does_not_answer_the_lake_may_answer_later(error: Exception) -> None:
    said = as_user_error(error)
    assert isinstance(said, RetryableError)
    assert "Lisa" not in str(said)


@pytest.mark.parametrize("error", [
    ValueError("No space left on device"), FileNotFoundError(errno.ENOENT, "No such file", "/x"), KeyError("x"),
    sqlite3.OperationalError("no such table: x"), duckdb.ConversionException("Could not convert 'Lisa'"),
])  # fmt: skip
def test_any_other_error_is_a_fault_of_termpost(error: Exception) -> None:
    assert as_user_error(error) is None
