"""Citations: which work a reference is of, what services state, which works may be the same."""
