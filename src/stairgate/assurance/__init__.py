"""Every clause with its live state, and the record an outsider can check."""
