"""Graphs of works: rows, matrices and networkx graphs of them, measures, layouts and maps."""
