"""The evidence base: raw.db in, kb.db out, pages and exports from it. No network."""

__version__ = "0.1.0"
DISTRIBUTION = "neuroblastoma-kb"  # as it is installed
