"""A turn of the worker really commits, so these tests must be able to clear up behind themselves."""

from tests.ledger.flushing import allow_flush

allow_flush()
