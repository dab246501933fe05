"""Closed market reports: marketing publishes them, members whose cabinet is unlocked read them, and every reading is logged."""
