"""A signed-off conversation, or a plan, as a short note that a practitioner edits and takes away."""
