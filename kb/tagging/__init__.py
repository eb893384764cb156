"""Topics: the vocabulary, what of it stands in a text, and what the text denies."""
