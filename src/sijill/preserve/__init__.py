"""Readers of formats: a preserved file in, its text with offsets out."""
