"""The services that answer questions about papers, a module each."""
