"""The classes of answers, by subject."""
