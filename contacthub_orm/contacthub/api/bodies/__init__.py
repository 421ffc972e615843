"""The documents that operations send, as typed dictionaries."""
