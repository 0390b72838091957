"""The benchmark of the screening of words: our screener beside its peers, on the same texts in one run."""
