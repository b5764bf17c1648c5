"""Backups: one consistent set of the database and its files, sealed, and what is done with sets."""
