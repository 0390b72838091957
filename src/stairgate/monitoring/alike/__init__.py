"""What is alike: the same words, or the same link. Decided together, after each was shown."""
