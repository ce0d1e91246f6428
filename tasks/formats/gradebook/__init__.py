"""What gradebooks of all systems have in common: one file a course, a row a student, a column a piece of work."""

from typing import Final

# what makes the datasets of a gradebook's own `gradebook_student`, and of the tables of `sheet`
MARKS: Final = f"{__name__}.marks"
ALONE: Final = (f"{__name__}.alone", MARKS)
