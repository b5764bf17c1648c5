"""What people made of the machine's codes: training rows for the next coder, and how far the two say the same."""
