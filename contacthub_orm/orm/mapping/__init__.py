"""Objects over documents: declared attributes, bookkeeping, and changes against a baseline."""
