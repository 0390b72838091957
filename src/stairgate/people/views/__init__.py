"""The register's screens: the pages, the forms, and deeds of one press."""
