"""The practice network: a page shaped like Facebook's, on this machine, for training, demos and tests.

It is a world of its own: its own process, its own database, no import from the rest of Stairgate.
"""
