"""Who is on it, who it is for, notes, and what is put off for a while."""
