"""Closed market reports: marketing publishes them, members whose cabinet is unlocked read them, every reading is logged."""
