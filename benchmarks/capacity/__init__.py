"""What an installation of a given size can do: a made-up traffic through the queue's own rules, with service times that
were measured. `benchmarks/scale_capacity.py` prints it, and `docs/capacity.md` shows it."""
