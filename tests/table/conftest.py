"""Rows of the map are measured on a DynamoDB that counts capacity as AWS does."""

from tests.support.cloud import bare_cloud, local_table

__all__ = ["bare_cloud", "local_table"]
