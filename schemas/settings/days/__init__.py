"""Of what the school's calendar is made: hours, days off, cycles; and the clocks that run by it."""
