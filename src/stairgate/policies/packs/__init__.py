"""Policy packs: the policy a setting adopts, as data. `form` is what one is made of; the data is in ``data``."""
