"""The worker: does what is due, again and again. The rows are the truth; this is only the doorbell."""
