"""The procedure as this home does it, and drafts of privacy notices, as text and on paper."""
