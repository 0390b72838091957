"""Taking people onto the register from a spreadsheet: read (`tables`), understood (`rows`), looked at, then all at once.

A file is hostile until proven: nothing in it is worked out, and nothing is kept before a person has seen every row.
"""
