"""How often each code comes in this very session, learned from the session itself.

A coder learned from many sessions expects every session to be like the mean of them. So it sees too many reflections in
a session that hardly has any, which flatters poor sessions, and too few in a good one. Its probabilities are adjusted
to the shares that the session's own utterances speak for (Saerens, Latinne and Decaestecker 2002, "Adjusting the
Outputs of a Classifier to New a Priori Probabilities"), held to the usual ones by a weight worth some utterances.
"""

import numpy as np

from coding.coder.heads import Floats

HELD_BY = 30.0  # utterances; 10 to 100 were tried
_ROUNDS = 20


def adjusted(shares: Floats, usual: Floats) -> Floats:
    """`shares` (utterances × codes) of one session; `usual` is the mean share of each code over many sessions."""
    if not len(shares):
        return shares
    usual = np.maximum(usual, 1e-6)
    here, found = usual, shares
    for _ in range(_ROUNDS):
        weighed = shares * (here / usual)
        found = weighed / weighed.sum(axis=1, keepdims=True)
        here = (found.sum(axis=0) + HELD_BY * usual) / (len(shares) + HELD_BY)
    return np.asarray(found, np.float32)
