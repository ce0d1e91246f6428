"""`serve`: the portal where families open their pages."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

import click
from termpost.flows.commands.options import common
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.secure_url import LOOPBACK
from termpost.tasks.home.home import Home


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535),
              help="The port to listen at.")  # fmt: skip
@click.option("--certificate", type=click.Path(dir_okay=False, path_type=Path), help="For TLS: a PEM file, the chain.")
@click.option("--key", type=click.Path(dir_okay=False, path_type=Path), help="For TLS: its private key, PEM.")
@common(decides=True)
def serve(host: str, port: int, certificate: Path | None, key: Path | None, home: Home, as_json: bool) -> None:  # noqa: ARG001 - click gives it
    """The portal: shows locked pages at their links and takes receipts. It needs the settings and the store, no secret.

    \b
    Example: termpost serve --port 8080 --home school
    """
    shown = home.settings.channels.portal
    if shown is None:
        raise InputError("no-portal", "the school has no portal", "termpost.toml [channels.portal]",
                         "set base_url, where families open their pages")  # fmt: skip
    _check_tls(host, certificate, key)
    import uvicorn  # noqa: PLC0415 - a web server, which no other command should wait for
    from termpost.tasks.channels.portal.app import portal  # noqa: PLC0415 - likewise

    app = portal(home.settings, home.store, home.clock, urlsplit(shown.base_url).path)
    with _listening(host, port) as listening:
        # no access log: a link is a key to a locked page, and who fetched it when is nobody's business
        config = uvicorn.Config(
            app, access_log=False, server_header=False, log_level="warning", lifespan="off",
            ssl_certfile=certificate, ssl_keyfile=key,
        )  # fmt: skip
        try:
            config.load()
        except OSError:
            raise InputError("bad-certificate", "the certificate or its key cannot be used", "--certificate, --key",
                             "give both as PEM files that belong together") from None  # fmt: skip
        scheme = "https" if certificate else "http"
        click.echo(f"The portal of {home.settings.institution.called} listens at {scheme}://{host}:{port}; "
                   f"families reach it at {shown.base_url}. Ctrl-C ends it.")  # fmt: skip
        uvicorn.Server(config).run(sockets=[listening])


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
