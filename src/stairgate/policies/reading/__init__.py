"""Reading the policy, proving that it is understood, and signing it."""
