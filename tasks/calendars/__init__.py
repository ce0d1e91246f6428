"""What other systems know of a school's year, as lines of `calendar.toml`."""
