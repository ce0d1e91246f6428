"""`python -m benchmarks.district --students 5000 --seed 7 --version 1.2 OUT`."""

from pathlib import Path

import click
from termpost.schemas.base.errors import InputError

from benchmarks.district import District, write_district
from benchmarks.district.columns import Version


@click.command(epilog="Example: python -m benchmarks.district --students 5000 --seed 7 --version 1.2 OUT")
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@click.option("--students", default=500, show_default=True, help="How many students.")
@click.option("--seed", default=1, show_default=True, help="Equal seeds give equal bytes.")
@click.option("--version", type=click.Choice(["1.1", "1.2"]), default="1.1", show_default=True, help="Of OneRoster.")
@click.option("--schools", type=int, help="How many schools; without it about 600 students each.")
@click.option("--year", default=2025, show_default=True, help="In which the school year begins.")
@click.option("--line-items", default=12, show_default=True, help="In each class.")
@click.option("--zip", "zipped", is_flag=True, help="OUT/district.zip instead of files.")
def main(
    *,
    out: Path,
    students: int,
    seed: int,
    version: Version,
    schools: int | None,
    year: int,
    line_items: int,
    zipped: bool,
) -> None:
    """Writes a made-up district into the empty folder OUT."""
    try:
        district = District(
            students=students, seed=seed, version=version, schools=schools, year=year, line_items_per_class=line_items
        )
        counts = write_district(district, out, zip=zipped)
    except InputError as error:
        raise click.ClickException(str(error)) from None
    for name, rows in counts.rows.items():
        click.echo(f"{rows:>12,}  {name}")
    click.echo(f"{counts.students:>12,}  students in {counts.schools:,} schools and {counts.classes:,} classes")


if __name__ == "__main__":
    main()
