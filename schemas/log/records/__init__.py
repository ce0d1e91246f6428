"""What becomes of records: holds, requests, incidents."""
