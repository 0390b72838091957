"""What the settings of each page should be, what they are, and putting back what has moved."""
