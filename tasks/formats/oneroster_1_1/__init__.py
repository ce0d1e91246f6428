"""OneRoster 1.1 as CSV: a bundle of files that are the datasets of the contracts."""

from termpost.tasks.formats.oneroster.csv_format import csv_format
from termpost.tasks.formats.oneroster_1_1.mapping import MAPPING

FORMAT = csv_format(__name__, "1.1", MAPPING)
