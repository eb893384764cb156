"""In the way of pandas, which a user's machine need not have."""

raise ImportError("this process has what a user has")
