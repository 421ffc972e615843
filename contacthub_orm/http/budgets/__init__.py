"""Budgets of requests that several processes or machines share."""
