"""Where the files lie that ship with the code: beside it in a checkout, inside the package in a wheel."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
CONTRACTS = ROOT / "data_contracts"
STARTER = ROOT / "schemas" / "settings" / "starter"  # what `termpost init` copies
