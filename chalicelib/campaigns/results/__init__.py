"""Results of issues and series: letters by what became of them, and purchases beside those of the hold-out."""
