"""The authored conversations that ship with Evoke: role plays with a code on every utterance."""
