"""The clauses of the policy and the controls in code that enforce them.

A control is claimed beside the code that is the control::

    @control("C78", "The author can never approve their own post")
    def may_approve(...): ...

``stairgate clauses`` prints the table. A test fails on a claim that no test is marked with.
"""

from stairgate.clauses.registry import Claim, Coverage, control, load_controls

__all__ = ["Claim", "Coverage", "control", "load_controls"]
