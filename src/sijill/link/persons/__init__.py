"""People on lists: spellings of their names, comparisons, weights, and who is who."""
