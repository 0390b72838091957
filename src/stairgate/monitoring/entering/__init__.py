"""What somebody saw in a place that nothing can read, written into the inbox by hand: words only, never a picture."""
