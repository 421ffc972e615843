"""Figures computed from the stored customers and events: time series, totals and indicators."""
