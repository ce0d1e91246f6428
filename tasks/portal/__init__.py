"""What families reach over the network: their locked pages, and where these post receipts."""
