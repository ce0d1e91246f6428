"""What the law of a place asks of a school: data, each line with its source. No legal advice."""
