"""The lighting calculator."""
