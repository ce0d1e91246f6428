"""What files come packed in: gzip, tar, Excel workbooks; and what is refused by its name."""
