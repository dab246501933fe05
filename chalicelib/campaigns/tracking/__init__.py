"""Links of letters, and readings: what people and programs open and click."""
