"""Runs over the parts of an import: checked, recorded, taken back."""
