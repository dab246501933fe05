"""The letters of an issue, from the keeping of its audience to the last one. `service` and `delivery` describe the steps."""
