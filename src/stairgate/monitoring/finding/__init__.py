"""Looking back: what the public wrote, by words, writer, account, time, and what was decided."""
