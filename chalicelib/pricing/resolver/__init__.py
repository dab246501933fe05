"""The price of goods: every rule, and the one choice between them."""
