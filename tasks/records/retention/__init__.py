"""What the retention policy lets go: found, listed, approved by two people, written down, deleted, looked for again."""
