"""The order of the stages, decisions, explanations and listings: what the shells call."""
