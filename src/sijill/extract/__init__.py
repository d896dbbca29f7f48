"""Reads claims out of text: numbers, harms, places, dates, attributions."""
