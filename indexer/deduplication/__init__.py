"""Which documents are one: fingerprints of their texts, and word by word where two are nearly the same."""
