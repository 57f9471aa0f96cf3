"""Coffer where other libraries expect a cache of theirs: one module each, importing that library."""
