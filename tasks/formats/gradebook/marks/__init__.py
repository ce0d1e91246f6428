"""The marks of a gradebook as line items and results, whoever its people and classes are known from."""
