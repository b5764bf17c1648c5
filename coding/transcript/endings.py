"""Endings of written files, for those who need to know a transcript from a recording and not to read it."""

EXTENSIONS = (".csv", ".tsv", ".txt", ".md", ".vtt", ".srt", ".docx", ".json")
OTHER_DOCUMENTS = (".doc", ".odt", ".pdf", ".rtf", ".htm", ".html")
"""Endings of written files that cannot be read; reading says what to save them as."""
