"""Reads about posts, in a bounded number of queries. The calendar has its own module."""
