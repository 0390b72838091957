"""Asking for an account and deciding about it: Appendix 2 of the policy, made live."""
