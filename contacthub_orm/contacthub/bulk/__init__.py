"""Bulk save: many customers or events by the service's bulk jobs, and what those cannot carry by requests.

A load takes its rows in batches. Of each it makes CSV files for jobs, and a list for requests. Both are in the journal
before anything is sent, and each has one state there at any time, so that a load that was killed goes on.
"""
