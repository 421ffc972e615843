"""Keyset scans: every match of a search once, past the service's cap, by several workers."""
