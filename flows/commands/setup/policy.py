"""`policy`: the school's procedure, and who knows it."""

import click
from termpost.flows.commands.options import OrderedGroup, common, say_json
from termpost.flows.commands.staff_auth import refusals_logged
from termpost.tasks.home.home import Home
from termpost.tasks.records.review.sign_review import acknowledge_policy


@click.group(cls=OrderedGroup)
def policy() -> None:
    """The procedure as this home does it: staff acknowledge it each year.

    \b
    Example: termpost policy acknowledge --by afry --otp 123456 --home school
    """


@policy.command()
@click.option("--by", metavar="STAFF", required=True, help="Who has read it: anybody registered.")
@click.option("--otp", metavar="CODE", required=True, help="That person's one-time code.")
@common(decides=True)
def acknowledge(by: str, otp: str, home: Home, as_json: bool) -> None:
    """Says that a person has read the procedure as it stands today (`termpost paper procedure`).

    \b
    Example: termpost policy acknowledge --by afry --otp 123456 --home school
    """
    with refusals_logged(home, by, "review-policy"):
        digest = acknowledge_policy(home, by, otp)
    if as_json:
        say_json({"by": by, "procedure": digest})
    else:
        click.echo(f"{by} acknowledged the procedure, version {digest[:12]}.")


COMMAND = policy
