"""Of what the school's calendar is made: hours, days off, cycles."""
