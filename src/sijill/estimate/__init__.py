"""Estimating what nobody recorded, from the overlap of lists: capture histories, models, diagnostics, guardrails."""
