"""`serve`: the portal where families open their pages."""

import socket
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import click
from termpost.flows.commands.options import common
from termpost.schemas.base.counted import counted
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.secure_url import LOOPBACK
from termpost.tasks.home.home import Home


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535),
              help="The port to listen at.")  # fmt: skip
@click.option("--certificate", type=click.Path(dir_okay=False, path_type=Path), help="For TLS: a PEM file, the chain.")
@click.option("--key", type=click.Path(dir_okay=False, path_type=Path), help="For TLS: its private key, PEM.")
@click.option("--connections", default=1000, show_default=True, type=click.IntRange(10, 100_000),
              help="At most so many at once; the one that has waited longest makes room.")  # fmt: skip
@click.option("--idle-seconds", default=75, show_default=True, type=click.IntRange(1, 3600),
              help="A connection without a request; longer than a server in front keeps its own.")  # fmt: skip
@click.option("--request-seconds", default=15, show_default=True, type=click.IntRange(1, 600),
              help="For a handshake, for headers, for a body, and for a reader that takes nothing.")  # fmt: skip
@common(decides=True)
def serve(
    host: str, port: int, certificate: Path | None, key: Path | None, connections: int, idle_seconds: int,
    request_seconds: int, home: Home, as_json: bool,  # noqa: ARG001 - click gives it
) -> None:  # fmt: skip
    """The portal: shows locked pages and doors, and takes receipts and messages. It needs the settings and the store,
    no secret.

    \b
    Example: termpost serve --port 8080 --home school
    """
    shown = home.settings.channels.portal
    if shown is None:
        raise InputError("no-portal", "the school has no portal", "termpost.toml [channels.portal]",
                         "set base_url, where families open their pages")  # fmt: skip
    _check_tls(host, certificate, key)
    from termpost.tasks.channels.portal.app import portal  # noqa: PLC0415 - a web server, which no other command should wait for
    from termpost.tasks.channels.portal.office_contact import hours_in  # noqa: PLC0415 - likewise
    from termpost.tasks.channels.portal.serving import fault_log, server  # noqa: PLC0415 - likewise
    from termpost.tasks.channels.portal.serving.connections import ConnectionLimits  # noqa: PLC0415 - likewise

    hours = hours_in(home.calendar, home.settings.institution.languages)
    app = portal(home.settings, home.store, home.clock, urlsplit(shown.base_url).path, hours=hours)
    limits = ConnectionLimits(server.fitting(connections), idle_seconds, request_seconds)
    with _listening(host, port) as listening:
        tls = _tls(certificate, key)
        scheme = "https" if tls else "http"
        click.echo(f"The portal of {home.settings.institution.called} listens at {scheme}://{host}:{port}; "
                   f"families reach it at {shown.base_url}. Ctrl-C ends it.")  # fmt: skip
        if limits.connections < connections:
            click.echo(f"termpost: {counted(limits.connections, 'connection')} at once, not "
                       f"{connections}: this process may open "
                       "no more files (ulimit -n)", err=True)  # fmt: skip
        fault_log.say_faults_seldom()
        server.PortalServer(app, limits, tls).run(sockets=[listening])


def _tls(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    if certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)  # TLS 1.2 and later
    try:
        context.load_cert_chain(certificate, key)
    except OSError:
        raise InputError("bad-certificate", "the certificate or its key cannot be used", "--certificate, --key",
                         "give both as PEM files that belong together") from None  # fmt: skip
    return context


def _check_tls(host: str, certificate: Path | None, key: Path | None) -> None:
    if (certificate is None) != (key is None):
        raise click.UsageError("--certificate and --key go together.")
    for path in (certificate, key):
        if path is not None and not path.is_file():
            raise InputError("no-file", "there is no such file", str(path), "give a PEM file")
    if certificate is None and host not in LOOPBACK:
        raise InputError(
            "not-secure", "links and receipts would cross the network in clear", f"--host {host}",
            "give --certificate and --key, or listen at 127.0.0.1 behind a server that does TLS",
        )  # fmt: skip


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        why = (error.strerror or "").partition(" (while")[0]  # what follows is the address once more
        raise InputError("cannot-listen", f"this address cannot be listened at: {why}", f"{host}:{port}",
                         "choose another with --port or --host") from None  # fmt: skip


COMMAND = serve
