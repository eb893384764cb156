"""A PubMed record, from its bytes to a frozen Article."""
