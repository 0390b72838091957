"""The way for what looks illegal: stop, words only, report its address, hide after. No picture ever comes along it."""
