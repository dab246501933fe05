"""Steps that a new club still has to take before its partners can work, each with its operation."""
