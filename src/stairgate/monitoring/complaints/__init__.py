"""Complaints: a list of their own, with a day by which each is answered. A worry about a child never becomes one."""
