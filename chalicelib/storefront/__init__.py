"""The catalogue as a partner sees it: at the company's own prices, with a price list and calculators."""

# A wing uses only those before it.
WINGS = ("lighting",)
