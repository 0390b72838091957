"""The vault: passwords and codes of the accounts, for those who hold them, each look with a reason and on record."""
