"""Promotions: drafted, approved, limited, watched for overlap."""
