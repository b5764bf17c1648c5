"""Evoke as a tool of learning platforms (LTI 1.3 and LTI Advantage): what is said and checked between the two."""
