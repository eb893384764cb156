"""Graphs of works: rows, matrices and networkx graphs of them, measures, layouts, maps and paths.

``kb.graphs.maps.digraph`` gives the citations of any selection as a networkx graph in one call.
"""
