"""The nightly refresh of the datasets from an export of the table."""
