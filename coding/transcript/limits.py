"""How much one file may hold."""

from dataclasses import dataclass

MAX_WORDS = 60_000
MAX_SPEAKERS = 12
MAX_CONVERSATIONS = 500


@dataclass(frozen=True)
class Limits:
    """Words and speakers count per transcript, conversations and bytes per file. Six hours at 160 words a minute are
    57,600 words."""

    words: int = MAX_WORDS
    speakers: int = MAX_SPEAKERS
    speakers_at_least: int = 2
    conversations: int = MAX_CONVERSATIONS
    file_bytes: int = 20_000_000

    @property
    def characters(self) -> int:
        """More text than this cannot hold `words` or fewer, time codes and speaker names included."""
        return self.words * 60
