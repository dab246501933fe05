"""What a new club still lacks before its partners can work, and the operation that mends it."""
