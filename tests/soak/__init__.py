"""Everything at once, for minutes, with a network that misbehaves at random."""
