"""The datasets, their place in the bucket, and the engine that answers SQL."""
