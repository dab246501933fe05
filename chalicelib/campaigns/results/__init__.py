"""Results of issues and series: letters by their fate, and purchases compared with the hold-out."""
