"""`[source.*]` of `termpost.toml`: how an extract that lies elsewhere is reached. Secrets never stand here."""

from collections.abc import Mapping

from pydantic import Field
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.secure_url import SecureUrl
from termpost.schemas.settings.toml_source import PREFIX, Source, build, with_environment


class S3Source(FrozenModel):
    """`s3://bucket/key`; credentials come from the usual AWS environment or profile."""

    endpoint_url: SecureUrl | None = None  # an S3 that is not AWS
    region: str | None = None  # of the bucket


class SftpSource(FrozenModel):
    """`sftp://user@host/path`; the password, if any, is the secret `sftp-password`."""

    known_hosts: str | None = None  # verified host keys; a path in the home, `known_hosts` if left out
    key_file: str | None = None  # private key; without it the agent, then the password


class OneRosterSource(FrozenModel):
    """`https://` OneRoster REST; the secret is `oneroster-client-secret`, or `oneroster-token` for a static token."""

    token_url: SecureUrl | None = None
    client_id: str | None = Field(None, min_length=1, coerce_numbers_to_str=True)  # as the service knows termpost
    scope: str | None = Field(None, min_length=1)  # if left out, the read-only scopes of the version that is spoken


class SourceSettings(FrozenModel):
    """Where extracts come from."""

    s3: S3Source = S3Source()
    sftp: SftpSource = SftpSource()
    oneroster: OneRosterSource = OneRosterSource()


class _Alone(FrozenModel):
    source: SourceSettings = SourceSettings()


def sources_of_environment(environ: Mapping[str, str]) -> SourceSettings:
    """For a command without a home: `TERMPOST_SOURCE__…` alone; InputError on a variable that sets nothing."""
    own = {name: value for name, value in environ.items() if name.startswith(f"{PREFIX}SOURCE__")}
    return build(_Alone, with_environment(Source("the environment", {}, ""), _Alone, own)).source
