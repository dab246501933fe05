"""A ladder tried on all companies."""
