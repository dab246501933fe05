"""The catalogue at the company's own prices, the price list and the lighting calculator."""

# A wing uses only those before it.
WINGS = ("lighting",)
