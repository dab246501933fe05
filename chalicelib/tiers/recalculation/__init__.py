"""Standings remade each night, and after a change of ladders."""
