"""Figures of groups of sessions: what dashboards and reports show."""
