"""Exceptions from the policy, asked for in writing and over by themselves; and the one question that decides who is told."""
