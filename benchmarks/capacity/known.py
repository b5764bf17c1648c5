"""What the figures of capacity rest on: what was measured, and what is assumed of traffic and prices."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """Seconds, unless a name says otherwise; None was not measured, and prints as such.

    Hearing: `benchmarks/hearing_speed.py`, November 2026; two threads of an Intel Xeon with AMX, an NVIDIA H200. The
    rest: `benchmarks/results.json` of that month, x86_64 with two cores, in the areas that are named."""

    hears_a_second: float = 3.6
    """Seconds of speech: `small.en`, int8, two threads."""
    gpu_hears_a_second: float = 259.0
    """Seconds of speech: `large-v3-turbo`, float16, eight clips at once."""
    heard_again: float = 1.25
    """Times: doubtful clips are heard twice, at most a quarter more."""
    around_hearing: float = 1.133
    """Times what hearing takes, from the sealed file to the transcript: `speech`."""
    who_speaks_of_a_second: float = 0.0193
    """On one core, whatever hears: `speech`."""
    decoding_of_a_second: float = 1 / 236
    """MP3 of two channels, whatever hears: `speech`."""
    text_minutes: float = 20.0
    """Of talk, at 150 words a minute: how long the transcript of the next line is."""
    text: float = 1.09
    """Work of the website and the worker on one core, from a transcript's `POST` to its scores, read: `lms`. (That of
    `foundation`, 0.65, is of 1,153 words on two cores, and by the clock.)"""
    listening_copy_of_a_second: float = 0.366899 / 60
    """On one core: `review`."""
    requests_a_second_of_two_cores: float = 61.0
    """With 300 people, 95 of 100 within 320 ms, and two workers hearing: `scale`."""
    database_bytes_of_2000: float = 630_693_888.0
    """SQLite with 2,000 sessions of eleven months and what was said in them, 55 of 100 of them recordings of some 28
    minutes and the others texts of some 19, as `benchmarks/programme.py` makes them."""
    listening_copy_bytes_an_hour: float = 21.6e6
    """`review`."""
    whole_way_with_a_gpu: float | None = None
    """Seconds of a worker for one second of speech, from upload to transcript, where a GPU hears."""
    smaller_gpu_hears_a_second: float | None = None
    """Seconds of speech, of a card with 16 GB."""


@dataclass(frozen=True)
class Traffic:
    """Assumptions, not measurements: change them to yours. A team adds `a_week` conversations; `spoken` of them are
    recordings of `minutes` (mean; between a half and one and a half of it), the others text. `on_friday_afternoon` come
    from 13 to 17 on Friday, the others evenly from 9 to 17 on five days."""

    people_of_a_team: int = 20
    a_week: float = 10.0
    spoken: float = 0.55
    minutes: float = 30.0
    on_friday_afternoon: float = 0.4
    teams_of_an_authority: int = 20
    there_at_once: float = 0.1
    """Of all people, in the busiest minute of Friday afternoon."""
    seconds_between_pages: float = 10.0
    """Of one who is there."""
    recording_bytes_a_second: float = 16_000.0
    """As it comes: MP3 at 128 kbit/s."""
    sessions_weeks_a_year: float = 46.0

    @property
    def an_hour_of_friday(self) -> float:
        """Conversations of one team that come in an hour of Friday afternoon."""
        return self.a_week * (self.on_friday_afternoon / 4 + (1 - self.on_friday_afternoon) / (5 * 8))

    def pages_a_second(self, teams: int) -> float:
        """In the busiest minute."""
        return teams * self.people_of_a_team * self.there_at_once / self.seconds_between_pages


@dataclass(frozen=True)
class Prices:
    """Pounds, assumed so that there is an example: nobody's offer. Put in what you pay."""

    core_hour: float = 0.04
    """With the memory that comes with it."""
    gpu_hour: float = 2.50
    """Of a large card, like the one that was measured."""
    gb_month: float = 0.02
    """Of files in a bucket."""
    months_kept: float = 12.0


HOUR = 3600.0
