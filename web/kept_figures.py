"""What rows of figures keep besides counts, in every process that makes such rows."""

from coding.session_figures import ADDITIONS
from training.planning.figures import put_shares


def enter_kept_figures() -> None:
    ADDITIONS["skill_shares"] = put_shares
