"""What a coach needs to see of a team, and what they take into its meeting."""
