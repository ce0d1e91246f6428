"""What is noted in the manifest of a bundle that a REST service gave, by collection, for the check to tell."""

SERVICE = "termpost.service."  # and the collection: what was odd, by words of SERVICE_NOTES
SERVICE_NOTES = ("inactive", "link", "parts", "repeats", "total", "withheld")
