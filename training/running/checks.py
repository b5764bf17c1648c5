"""From facts to what is the matter: pure, so that page, command and metrics can never say different things."""

from datetime import datetime, timedelta

from training.running.check import Check, State, ok
from training.running.facts import Disk, Facts, LastRun, WorkerFacts
from training.running.job_facts import Standing

LONG = {
    "answers": timedelta(minutes=2), "gpu": timedelta(hours=4), "cpu": timedelta(minutes=30),
    "mail": timedelta(minutes=30), "deliver": timedelta(hours=1),
}  # fmt: skip
"""A queue whose oldest job is due for longer is worth a look."""
LATE = timedelta(minutes=2)
"""Between a job and the worker that takes it, where there is one that has time."""
CLOCK_SECONDS = 30
BACKUP_AFTER, DRILL_AFTER, AUDIT_AFTER = timedelta(hours=36), timedelta(days=100), timedelta(days=35)
GIGABYTE = 1_000_000_000
LOOK_BYTES, BROKEN_BYTES = 10 * GIGABYTE, 2 * GIGABYTE
_WAITING_FOR = {
    "answers": ("spoken answer", "spoken answers"), "gpu": ("recording", "recordings"), "cpu": ("job", "jobs"),
    "mail": ("mail", "mails"), "deliver": ("message to another system", "messages to other systems"),
}  # fmt: skip


def checks_of(facts: Facts) -> list[Check]:
    """Everything that is looked at while Evoke runs, the well things too, in the order of a reader's interest."""
    return [
        *_workers(facts), *_queues(facts), _speech_model(facts), _coder(facts), _failing_jobs(facts), _mail(facts),
        _webhooks(facts), *(_disk(one) for one in facts.disks), _clock(facts),
        _kept("backup", facts, facts.backup, BACKUP_AFTER, "backup", "Make one, and let it be made every night: "
              "`evoke backup make PLACE`."),
        _kept("drill", facts, facts.drill, DRILL_AFTER, "restore drill", "Prove that a backup can be used: "
              "`evoke backup drill PLACE/latest`."),
        _audit(facts),
    ]  # fmt: skip


def waiting_in(facts: Facts, queue: str) -> list[Standing]:
    return [one for one in facts.jobs if one.queue == queue and one.due]


def oldest_in(facts: Facts, queue: str) -> datetime | None:
    return min((one.oldest for one in waiting_in(facts, queue) if one.oldest), default=None)


def _counted(number: int, words: tuple[str, str]) -> str:
    return f"{number} {words[0] if number == 1 else words[1]}"


def _waits(number: int, words: tuple[str, str]) -> str:
    return f"{_counted(number, words)} {'waits' if number == 1 else 'wait'}"


def _takers(facts: Facts, queue: str) -> list[WorkerFacts]:
    return [one for one in facts.alive if queue in one.takes and not one.stopping]


def _workers(facts: Facts) -> list[Check]:
    silent = [one for one in facts.workers if not one.alive]
    last = max((one.seen_at for one in silent), default=None)
    names = tuple(one.name for one in silent)
    if not facts.alive:
        return [
            Check(
                "workers", State.BROKEN,
                "No worker is running. Pages open, but nothing that is added is written down or coded, and no mail "
                "goes.",
                "Start Evoke again with `evoke serve`, or a worker alone with `evoke worker`. Its log says why it "
                "ended.",
                since=last, names=names,
            )
        ]  # fmt: skip
    if silent:
        return [
            Check(
                "workers", State.LOOK,
                f"{_counted(len(silent), ('worker', 'workers'))} fell silent without ending. What they had in hand "
                "was taken over by others.",
                "Look at their machines and logs, and start them again. If one was taken away on purpose, this line "
                "goes by itself in two days.",
                since=last, names=names,
            )
        ]  # fmt: skip
    return [ok("workers", f"{_counted(len(facts.alive), ('worker runs', 'workers run'))}.")]


def _queues(facts: Facts) -> list[Check]:
    found = []
    for queue, long in LONG.items():
        due, oldest = sum(one.due for one in waiting_in(facts, queue)), oldest_in(facts, queue)
        if oldest is None:
            continue
        waits, age = _waits(due, _WAITING_FOR[queue]), facts.at - oldest
        if facts.alive and not _takers(facts, queue) and age > LATE:
            found.append(_nobody_takes(queue, waits, oldest))
        elif age > long:
            found.append(_slow(queue, waits, oldest))
    return found or [ok("queues", "Nothing waits for long.")]


def _nobody_takes(queue: str, waits: str, oldest: datetime) -> Check:
    hears = queue in ("gpu", "answers")
    which = "that hears recordings" if hears else "for them"
    only = "speech" if hears else "other"
    return Check(
        f"queue_{queue}", State.BROKEN, f"{waits}, and no worker {which} is running.",
        f"Start one: `evoke worker --only {only}`"
        f"{', on the machine with the GPU if there is one' if hears else ''}. What waits is then taken up by itself.",
        since=oldest,
    )  # fmt: skip


def _slow(queue: str, waits: str, oldest: datetime) -> Check:
    more = {
        "answers": "Start a worker for these alone: `evoke worker --only answers`.",
        "gpu": "If this comes often, start another worker that hears: `evoke worker --only speech`.",
        "cpu": "If this comes often, start another worker: `evoke worker --only other`.",
        "mail": "Look whether the mail server answers: `evoke doctor`.",
        "deliver": "Look whether the other systems answer, under Connections.",
    }
    page = "/connections" if queue == "deliver" else ""
    return Check(f"queue_{queue}", State.LOOK, f"{waits} for longer than usual.", more[queue], since=oldest, page=page)


def _speech_model(facts: Facts) -> Check:
    ears = [one for one in facts.alive if one.speech_ready is not None]
    deaf = [one for one in ears if not one.speech_ready]
    if not deaf:
        return ok("speech_model", "Every worker that hears has its speech model." if ears else "No worker hears.")
    waiting = sum(one.due + one.running for one in facts.jobs if one.queue == "gpu")
    state = State.BROKEN if len(deaf) == len(ears) else State.LOOK
    return Check(
        "speech_model", state,
        "A speech model is missing or damaged, so recordings are kept but not written down."
        + (f" {_waits(waiting, _WAITING_FOR['gpu'])}." if waiting else ""),
        "Fetch it on the worker’s machine: `evoke speech models fetch NAME`, or `evoke speech models take FOLDER` "
        "where there is no network. Then press Try again beside what stopped.",
        names=tuple(f"{one.name}: {one.speech_problem}" for one in deaf),
    )  # fmt: skip


def _coder(facts: Facts) -> Check:
    used = {one.coder for one in facts.alive if "cpu" in one.takes}
    if not facts.coder or "" in used:
        return Check(
            "coder", State.BROKEN, "The coder that was chosen cannot be read, so conversations are not coded.",
            "Put its folder back, or choose another: `evoke model list`, then `evoke model use NAME`.", page="/coder",
        )  # fmt: skip
    if len(used) > 1:
        return Check(
            "coder", State.LOOK, f"Workers code with {len(used)} different coders, so sessions are not coded alike.",
            "If a change is under way, wait for it to end. If not, give every worker the same settings and data "
            "folder, and start them again.",
            page="/coder", names=tuple(f"{one.name}: {one.coder}" for one in facts.alive if "cpu" in one.takes),
        )  # fmt: skip
    return ok("coder", "Every worker codes with the same coder.")


def _failing_jobs(facts: Facts) -> Check:
    again = sum(one.again for one in facts.jobs if one.queue not in ("mail", "deliver"))
    if not again:
        return ok("retries", "No job is failing over and over.")
    return Check(
        "retries", State.LOOK,
        f"{_counted(again, ('job has', 'jobs have'))} failed more than once. Evoke goes on trying.",
        "The worker’s log says where they fail. After five tries they are given up, and are listed here.",
    )  # fmt: skip


def _mail(facts: Facts) -> Check:
    failed = [one for one in facts.failed if one.queue == "mail"]
    again = sum(one.again for one in facts.jobs if one.queue == "mail")
    if not failed and not again:
        return ok("mail", "Mail goes out.")
    lost = sum(one.jobs for one in failed)
    words = [f"{_counted(again, ('mail', 'mails'))} could not be sent yet."] if again else []
    words += [f"{_counted(lost, ('mail', 'mails'))} could not be sent in the last week."] if lost else []
    return Check(
        "mail", State.BROKEN if again else State.LOOK, " ".join(words),
        "Look whether the mail server answers and takes our sign-in: `evoke doctor`.",
        since=max((one.last for one in failed), default=None) if not again else None,
    )  # fmt: skip


def _webhooks(facts: Facts) -> Check:
    if not facts.webhooks:
        return ok("webhooks", "No webhook fails.")
    number = len(facts.webhooks)
    return Check(
        "webhooks", State.LOOK,
f"{_counted(number, ('webhook fails', 'webhooks fail'))}: the other system does not take what it is "
        "told. What happens is kept for it.",
        "Ask whoever runs that system, then let it go on under Connections.",
        since=min((since for _, since in facts.webhooks if since), default=None), page="/connections/webhooks",
    )  # fmt: skip


def _disk(disk: Disk) -> Check:
    free, key = disk.free / GIGABYTE, "disk" if disk.of == "the data folder" else "disk_temporary"
    left = f"{free:.0f} GB of {disk.total / GIGABYTE:.0f} GB are free on the disk of {disk.of}."
    do = "Make room, or move it to a larger disk. Recordings that do not fit are refused while they are sent."
    if disk.free < min(BROKEN_BYTES, disk.total // 20):
        return Check(key, State.BROKEN, f"The disk of {disk.of} is nearly full: {free:.1f} GB are free.", do)
    if disk.free < min(LOOK_BYTES, disk.total // 7):
        return Check(key, State.LOOK, f"The disk of {disk.of} fills up. {left}", do)
    return ok(key, left)


def _clock(facts: Facts) -> Check:
    ahead = facts.clock_ahead
    if abs(ahead) <= CLOCK_SECONDS:
        return ok("clock", "Our clock and the database’s agree.")
    return Check(
        "clock", State.LOOK,
        f"This machine’s clock is {abs(ahead):.0f} seconds {'behind' if ahead > 0 else 'ahead of'} the database’s, or "
        "was set back. Jobs may start late, and a job may be given to two workers, of which one is stopped.",
        "Set the clocks by the network’s time (NTP) on every machine: `timedatectl set-ntp true`.",
    )  # fmt: skip


def _kept(key: str, facts: Facts, run: LastRun, after: timedelta, name: str, do: str) -> Check:
    if run.at is None:
        if facts.young:
            return ok(key, f"There has been no {name} yet.")
        return Check(key, State.LOOK, f"There has been no {name} that Evoke knows of.", do)
    if not run.ok:
        return Check(key, State.BROKEN, f"The last {name} did not go well.", do, since=run.at)
    if facts.at - run.at > after:
        return Check(key, State.LOOK, f"The last {name} was {_days(facts.at - run.at)} ago.", do, since=run.at)
    return ok(key, f"The last {name} went well, {_days(facts.at - run.at)} ago.")


def _audit(facts: Facts) -> Check:
    do = "Look whether it is whole: `evoke audit check`."
    if facts.audit.at is not None and not facts.audit.ok:
        return Check(
            "audit", State.BROKEN, "The audit trail was not whole when it was last checked: rows were changed or taken "
            "out.", "Keep the database as it is, and tell whoever looks after data protection. `evoke audit check` "
            "says where.", since=facts.audit.at, page="/audit",
        )  # fmt: skip
    return _kept("audit", facts, facts.audit, AUDIT_AFTER, "check of the audit trail", do)


def _days(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    if hours < 1:
        return "less than an hour"
    if hours < 48:
        return f"{hours} {'hour' if hours == 1 else 'hours'}"
    return f"{age.days} days"
