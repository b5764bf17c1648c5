"""The tables of `docs/capacity.md`."""

from collections.abc import Iterator
from math import ceil

from benchmarks.capacity.known import HOUR, Measured, Prices, Traffic
from benchmarks.capacity.machines import OF_A_HEARING_WORKER, Machine
from benchmarks.capacity.traffic import CODE, COPY, HEAR, seconds_of
from benchmarks.capacity.waits import (
    A_FIFTH,
    ALONE,
    RECOMMENDED,
    TEAMS,
    Installation,
    Waits,
    recordings_a_month,
    several,
    waits,
)

KNOWN, TRAFFIC, PRICES = Measured(), Traffic(), Prices()


def tables() -> dict[str, str]:
    found = {
        "answers": answers(), "an hour": an_hour(), "storage": storage(), "costs": costs(), "traffic": traffic(),
        "one machine": one_machine(), "several machines": several_machines(),
    }  # fmt: skip
    return {name: "\n".join(lines) for name, lines in found.items()}


def answers() -> Iterator[str]:
    yield "| teams | website and database | workers | 95 of 100 recordings within | one lost | £ a month |"
    yield "|---|---|---|---|---|---|"
    for one in RECOMMENDED:
        alone = "on the same machine, SQLite"
        yield _row(
            one.teams, described(one.website) + ", PostgreSQL" if one.website else alone, described(one.workers),
            shown(one.waits().most), lost(one.one_lost(), "all waits"), f"{one.a_month():,.0f}",
        )  # fmt: skip


def an_hour() -> Iterator[str]:
    text = HOUR / seconds_of(CODE, 0.0, known=KNOWN)
    yield "| in an hour | recordings of half an hour | texts of 20 minutes |"
    yield "|---|---|---|"
    yield _row("one core, without a card", f"{HOUR / core_seconds(gpu=False):.1f}", f"{text:,.0f}")
    yield _row("one card, with one worker and its two cores", f"{HOUR / card_seconds():.0f}", "–")
    yield _row("the same with a card a fifth as fast", f"{HOUR / card_seconds(A_FIFTH):.0f}", "–")


def core_seconds(*, gpu: bool) -> float:
    """Of one core, for a recording of the mean length."""
    speech = TRAFFIC.minutes * 60
    hears = OF_A_HEARING_WORKER * seconds_of(HEAR, speech, gpu=gpu, known=KNOWN)
    return hears + seconds_of(CODE, speech, known=KNOWN) + seconds_of(COPY, speech, known=KNOWN)


def card_seconds(known: Measured = KNOWN) -> float:
    """For which a recording of the mean length occupies a worker with a card."""
    return seconds_of(HEAR, TRAFFIC.minutes * 60, gpu=True, known=known)


def thousand() -> dict[str, float]:
    """GB of a thousand sessions."""
    seconds = 1000 * TRAFFIC.spoken * TRAFFIC.minutes * 60
    return {
        "database (SQLite)": KNOWN.database_bytes_of_2000 / 2 / 1e9,
        "copies to listen to": seconds / HOUR * KNOWN.listening_copy_bytes_an_hour / 1e9,
        "recordings as they came (MP3, 128 kbit/s: assumed)": seconds * TRAFFIC.recording_bytes_a_second / 1e9,
    }


def storage() -> Iterator[str]:
    yield "| of 1,000 sessions, 550 of them recordings of half an hour | GB |"
    yield "|---|---|"
    for name, size in thousand().items():
        yield _row(name, f"{size:.2g}" if size < 10 else f"{size:.0f}")
    yield _row("together", f"{sum(thousand().values()):.0f}")


def costs() -> Iterator[str]:
    yield "| of one recording of half an hour, at the assumed prices | takes | £ |"
    yield "|---|---|---|"
    for name, core, card in (
        ("coded without a card", core_seconds(gpu=False) / HOUR, 0.0),
        ("coded with a card", core_seconds(gpu=True) / HOUR, card_seconds() / HOUR),
    ):
        takes = f"{core:.2f} hours of a core" + (f", {card:.3f} of a card" if card else "")
        yield _row(name, takes, f"{core * PRICES.core_hour + card * PRICES.gpu_hour:.3f}")
    *_, copies, files = thousand().values()
    of_one = (copies + files) / (1000 * TRAFFIC.spoken)
    takes = f"{of_one * 1000:.0f} MB for {PRICES.months_kept:g} months"
    yield _row("its files", takes, f"{of_one * PRICES.months_kept * PRICES.gb_month:.3f}")
    for one in RECOMMENDED:
        name = f"{one.teams} teams, {described(one.workers)}, all machines day and night"
        many = recordings_a_month(one.teams)
        yield _row(name, f"{many:,.0f} recordings a month", f"{one.a_month() / many:.2f}")


def traffic() -> Iterator[str]:
    yield "| | " + " | ".join(f"{teams} teams" for teams in TEAMS) + " |"
    yield "|---" * (len(TEAMS) + 1) + "|"
    year = TRAFFIC.a_week * TRAFFIC.sessions_weeks_a_year
    for name, of in (
        ("people", TRAFFIC.people_of_a_team),
        ("conversations a week", TRAFFIC.a_week),
        ("of these recordings", TRAFFIC.a_week * TRAFFIC.spoken),
        ("conversations in an hour of Friday afternoon", TRAFFIC.an_hour_of_friday),
        ("of these recordings", TRAFFIC.an_hour_of_friday * TRAFFIC.spoken),
        ("people who are there in the busiest minute", TRAFFIC.people_of_a_team * TRAFFIC.there_at_once),
        ("pages a second in it", TRAFFIC.pages_a_second(1)),
        ("GB a year, if nothing is deleted", year * sum(thousand().values()) / 1000),
    ):
        yield _row(name, *(f"{teams * of:,.0f}" for teams in TEAMS))
    yield _row("cores for the website", *(str(website_cores(teams)) for teams in TEAMS))


def website_cores(teams: int) -> int:
    return ceil(TRAFFIC.pages_a_second(teams) / (KNOWN.requests_a_second_of_two_cores / 2))


def one_machine() -> Iterator[str]:
    yield "| teams | cores | cards | half within | 95 of 100 within | texts, 95 of 100 | one card lost |"
    yield "|---|---|---|---|---|---|---|"
    for one in ALONE:
        (machine,), found = one.workers, one.waits()
        yield _row(
            one.teams, machine.cores, machine.gpus, shown(found.median), shown(found.most), shown(found.texts),
            lost(one.one_lost()),
        )  # fmt: skip


def several_machines() -> Iterator[str]:
    yield (
        "| teams | worker machines | half within | 95 of 100 within | texts, 95 of 100 | one machine lost | "
        "one card lost |"
    )
    yield "|---" * 7 + "|"
    for teams, machine, known, many in several():
        machines = (machine,) * many
        found = waits(teams, machines, known=known)
        fewer = waits(teams, machines[1:], known=known) if many > 1 else None
        slower = waits(teams, machines, lost=1, known=known) if machine.gpus else None
        speed = ", a fifth as fast" if known is A_FIFTH else ""
        yield _row(
            teams, described(machines) + speed, shown(found.median), shown(found.most), shown(found.texts),
            lost(fewer, "all waits"), lost(slower),
        )  # fmt: skip


def described(machines: tuple[Machine, ...]) -> str:
    one, many = machines[0], len(machines)
    cards = "" if not one.gpus else " and a card" if one.gpus == 1 else f" and {one.gpus} cards"
    return f"{many} of {one.cores} cores{cards}"


def lost(found: Waits | None, none: str = "–") -> str:
    return shown(found.most) if found else none


def shown(minutes: float) -> str:
    if minutes < 1.5:
        return f"{minutes * 60:.0f} s"
    return f"{minutes:.0f} min" if minutes < 120.5 else f"{minutes / 60:.1f} h" if minutes < 2880 else "over two days"


def _row(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def named(one: Installation) -> str:
    return f"{one.teams} teams, workers {described(one.workers)}"
