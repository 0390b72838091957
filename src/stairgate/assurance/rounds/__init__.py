"""What comes round: the yearly declaration, the look for new training each term, and a change of safeguarding lead."""
