"""Budgets are measured on a DynamoDB of its own process: what it does is not counted as ours."""

from tests.support.cloud import bare_cloud, local_table

__all__ = ["bare_cloud", "local_table"]
