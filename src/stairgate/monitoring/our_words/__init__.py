"""What screening looks for: try a sentence, and the setting's own words and exceptions, seen on its history first."""
