"""Objects over documents: declared attributes, bookkeeping, changes against a baseline."""
