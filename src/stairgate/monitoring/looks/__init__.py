"""A second look at a decision: anybody who may decide asks for it, and somebody else than the decider answers."""
