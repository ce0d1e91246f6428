"""A district that does not exist, of any size, from a seed: `write_district(District(students=500), folder)`."""

from benchmarks.district.files import Counts
from benchmarks.district.plan import District
from benchmarks.district.write import write_district

__all__ = ["Counts", "District", "write_district"]
