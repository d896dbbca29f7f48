"""Which voice a claim goes back to, and which incident it speaks of: pure functions over core types."""
