"""Steps that a new club still has to take before its partners can work, each with its operation; and files that take some of them."""

# A wing uses only those before it.
WINGS = ("files",)
