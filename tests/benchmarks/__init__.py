"""What the project claims in figures, measured: a subject a module, all written into
docs/benchmarks.md.

A subject is a module with a docstring that says what is measured and how, and a function ``rows``
that measures and yields a ``Row`` each. List it in SUBJECTS of ``__main__``.
"""
