"""Retractions, corrections and changes: what each source says of a paper, as values."""
