"""Joiners, movers and leavers: what changes who is in, and in which team and role."""
