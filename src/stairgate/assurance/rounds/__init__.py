"""What comes round: the yearly self-check, the look for new training each term, and a change of safeguarding lead."""
