"""What a night costs is counted on a DynamoDB that counts as AWS does."""

from tests.support.cloud import bare_cloud, local_table

__all__ = ["bare_cloud", "local_table"]
