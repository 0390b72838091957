"""The screens of the policy: its words, the next version, the versions that were, and the review."""
