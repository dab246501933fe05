"""The catalogue at the company's own prices, the price list and the lighting calculator; and the products as staff and machines write them."""

# A wing uses only those before it.
WINGS = ("lighting",)
