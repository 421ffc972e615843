"""Acceptance tests: the chapters of the Python SDK's manual, one module for each.

They specify what the manual promises of nodes, customers, events and elements. Tests of `contacthub_orm.contacthub.node`
that belong to no chapter are in `tests/contacthub/node`.
"""
