"""Asking a family to take something down, and looking on a day whether they have."""
