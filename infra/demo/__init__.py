"""The demonstration: a generated club on the local cloud, and a partner's year played through its API."""
