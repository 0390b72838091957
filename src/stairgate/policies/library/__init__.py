"""The library: our other policies beside this one, who has read them, and whom to turn to for help."""
