"""Recalculation of standings each night and after a change of ladders."""
