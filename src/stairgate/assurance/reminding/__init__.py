"""Reminders: what waits for whom as rows, shown on Today and in one e-mail each working morning."""
