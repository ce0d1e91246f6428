"""OneRoster 1.2 as CSV: roles have a file of their own, and marks may stand on scales."""

from termpost.tasks.formats.oneroster.csv_format import csv_format
from termpost.tasks.formats.oneroster_1_2.mapping import MAPPING

FORMAT = csv_format(__name__, "1.2", MAPPING)
