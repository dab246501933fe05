"""HTTP as this API speaks it."""
