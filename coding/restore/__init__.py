"""Bringing a backup back: without what was deleted since it was made, and with a proof that it is whole."""
