"""Errors of an S3 service, as one line for whoever must fix it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    CredentialRetrievalError,
    FlexibleChecksumError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
    ResponseStreamingError,
    SSLError,
)
from botocore.exceptions import ConnectionError as NoConnection
from termpost.schemas.base.errors import InputError, RetryableError

# while a body is sent: asked again, from the same place
BROKEN_OFF = (ConnectionClosedError, FlexibleChecksumError, IncompleteReadError, ReadTimeoutError,
              ResponseStreamingError)  # fmt: skip
SETTINGS = "termpost.toml [store]"  # where a store's errors point
OUT_OF_RANGE = "source-changed"  # code of an error where a part is asked for that begins behind the end
TAKEN = {"PreconditionFailed", "ConditionalRequestConflict"}
ABSENT = {"NoSuchKey", "404", "NotFound", "NoSuchVersion"}
CHANGED = {"BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch"}
NO_LOGIN = (CredentialRetrievalError, NoCredentialsError, PartialCredentialsError, ProfileNotFound)
BUSY = 500  # HTTP status from which on the store is at fault
REFUSED: dict[str, tuple[str, str, str]] = {  # S3 error code → code, what, remedy
    "NoSuchBucket": ("no-such-bucket", "there is no such bucket", "check its name, endpoint and region"),
    "NoSuchKey": ("no-such-key", "there is no such object", "check the key; a prefix must not end in .zip or .csv"),
    "AccessDenied": ("access-denied", "the store does not let these credentials do this",
                     "ask its owner for what is lacking: s3:GetObject to read, s3:PutObject to write, s3:ListBucket"),
    "InvalidAccessKeyId": ("access-denied", "the store does not know this access key",
                           "check the AWS environment or profile"),
    "SignatureDoesNotMatch": ("access-denied", "the secret key is wrong", "check the AWS environment or profile"),
    "ExpiredToken": ("access-denied", "the AWS session has expired", "log in again"),
    "PreconditionFailed": ("source-changed", "the object changed while it was read",
                           "wait until the export has ended, then try again"),
    "InvalidRange": ("source-changed", "the object changed while it was read",
                     "wait until the export has ended, then try again"),
    "PermanentRedirect": ("wrong-region", "the bucket lies in another region", "set [{section}] region"),
    "AuthorizationHeaderMalformed": ("wrong-region", "the bucket lies in another region", "set [{section}] region"),
}  # fmt: skip


def refusal(code: str, shown: str, section: str = "source.s3") -> InputError:
    reason, what, remedy = REFUSED[code]
    return InputError(reason, what, shown, remedy.format(section=section))


def _answered(response: Any, shown: str, section: str) -> Exception:  # botocore types it per operation
    code = str(response.get("Error", {}).get("Code", ""))
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if code in REFUSED:
        return refusal(code, shown, section)
    if status >= BUSY or code == "SlowDown":
        return RetryableError(f"the store is busy or broken, HTTP {status} ({shown})")
    return InputError(
        "s3-refused", f"the store refuses, HTTP {status}", shown, "check endpoint, bucket and credentials"
    )


@contextmanager
def explained(shown: str, section: str = "source.s3") -> Iterator[None]:
    """Turns what botocore raises into InputError or RetryableError.

    Args:
        shown: the address without anything secret.
        section: of the settings, where a region can be named.
    """
    try:
        yield
    except ClientError as error:
        raise _answered(error.response, shown, section) from None
    except NO_LOGIN:
        raise InputError("no-credentials", "there are no AWS credentials, or not all of them", shown,
                         "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY") from None  # fmt: skip
    except SSLError:
        raise InputError("tls-failed", "the store cannot prove who it is (TLS)", shown,
                         "check the endpoint and its certificate; never switch the check off") from None  # fmt: skip
    except BROKEN_OFF:
        raise RetryableError(f"the store does not answer in time ({shown})") from None
    except NoConnection:
        raise InputError("source-unreachable", "no S3 answers there: host unknown or connection refused", shown,
                         "check endpoint and network") from None  # fmt: skip
    except (BotoCoreError, ValueError) as error:  # ValueError: an endpoint that is no URL
        raise InputError("s3-refused", f"the S3 client gives up ({type(error).__name__})", shown,
                         "check endpoint, region and the AWS environment") from None  # fmt: skip


class TakenError(Exception):
    """There is such an object already."""

    def __init__(self, tried_again: bool) -> None:
        super().__init__()
        self.tried_again = tried_again


def tried_again(answer: Mapping[str, Any]) -> bool:
    """Whether the client asked more than once, so that an attempt whose answer was lost may have come through."""
    return bool(answer.get("ResponseMetadata", {}).get("RetryAttempts"))


@contextmanager
def store_errors(key: str = "") -> Iterator[None]:
    """Errors of the store, at one key where it is about one: beside those of `explained` KeyError where there is
    nothing, and TakenError where there is something."""
    with explained(SETTINGS, "store"):
        try:
            yield
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code")
            if code in ABSENT:
                raise KeyError(key) from None
            if code in TAKEN:
                raise TakenError(tried_again(error.response)) from None
            if code in CHANGED:
                raise RetryableError(f"an object arrived at the store other than it was sent ({key})") from None
            raise
