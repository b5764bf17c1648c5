"""`evoke migrate-to`: an installation moves to PostgreSQL and another place for its files."""

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import EvokeError

if TYPE_CHECKING:
    from models.moving.move import Moved
    from models.moving.progress import Progress
    from models.settings import Settings

_SHOWN = 10
_EVERY = 0.5
"""Seconds between two looks of the line on a terminal."""


class TargetWrong(EvokeError):
    code = "target_wrong"


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    move = commands.add_parser("migrate-to", help="move this Evoke to PostgreSQL and another place for its files")
    move.add_argument("--database", required=True, metavar="URL", help="postgresql://user@host/name, and empty")
    move.add_argument(
        "--files", metavar="WHERE", default="",
        help="s3://bucket/prefix, or the new data folder; without it the files stay where they are",
    )  # fmt: skip
    move.add_argument("--check", action="store_true", help="write nothing: compare what was moved with this Evoke")
    move.add_argument("--report", metavar="FILE", type=Path, help="write every sum of tables and files there, as JSON")
    move.set_defaults(run=_move)


def _move(arguments: argparse.Namespace) -> int:
    from models.moving.move import check, move
    from models.settings import get_settings

    settings = get_settings()
    target = target_of(settings, database=arguments.database, files=arguments.files)
    line = Line()
    try:
        done = (check if arguments.check else move)(settings, target, tell=line)
    finally:
        line.end()
    if arguments.report:
        write_report(arguments.report, done)
    print("\n".join(told(done)))
    if arguments.check and not done.was_finished:
        print("The move is not finished: run evoke migrate-to again without --check.")
        return 1
    if done.is_whole and not arguments.check:
        print("\n".join(_next(settings, target)))
    return 0 if done.is_whole else 1


def target_of(settings: "Settings", *, database: str, files: str) -> "Settings":
    """This Evoke's settings as they are to be afterwards. Raises TargetWrong."""
    if not database.startswith(("postgresql://", "postgres://")):
        raise TargetWrong("--database: give an address like postgresql://user@host/name; the password as PGPASSWORD.")
    of_source = {name: one.default for name, one in type(settings).model_fields.items() if name.startswith("database_")}
    changes: dict[str, object] = of_source | {"database_url": database}
    if files.startswith("s3://"):
        changes["files_url"] = files
    elif "://" in files:
        raise TargetWrong("--files: give an address like s3://bucket/prefix, or a folder.")
    elif files:
        changes |= {"files_url": "", "data_dir": Path(files).resolve()}
    return settings.model_copy(update=changes)


@dataclass
class Line:
    """On a terminal one line that changes; elsewhere a line for every tenth."""

    shown: float = 0.0
    tenth: int = -1
    width: int = 0

    def __call__(self, progress: "Progress") -> None:
        if sys.stderr.isatty():
            if time.monotonic() - self.shown > _EVERY:
                self.shown = time.monotonic()
                self._over(said(progress))
        elif progress.percent // 10 > self.tenth:
            self.tenth = progress.percent // 10
            print(said(progress), file=sys.stderr, flush=True)

    def _over(self, text: str) -> None:
        print(f"\r{text.ljust(self.width)}", end="", file=sys.stderr, flush=True)
        self.width = len(text)

    def end(self) -> None:
        if self.width:
            self._over("")
            print("\r", end="", file=sys.stderr, flush=True)


def said(progress: "Progress") -> str:
    left = progress.seconds_left
    words = "" if left is None else f", {_time(left)} left"
    return f"{progress.percent:3} %  {progress.doing}{words}"


def _time(seconds: float) -> str:
    if seconds < 60:
        return "less than a minute"
    minutes = round(seconds / 60)
    return "about a minute" if minutes == 1 else f"about {minutes} minutes"


def told(done: "Moved") -> list[str]:
    """What was found, in lines."""
    filled = [one for one in done.tables if one.source.count or one.target.count]
    width = max([5, *(len(one.name) for one in filled)])
    lines = [f"{'Table':{width}}  {'At the source':>14}  {'At the target':>14}  {'Checksum':16}  Equal"]
    for one in filled:
        equal = "yes" if one.is_equal else f"NO: {one.target.checksum[:16]} at the target"
        checksum = one.source.checksum[:16]
        lines.append(f"{one.name:{width}}  {one.source.count:14,}  {one.target.count:14,}  {checksum}  {equal}")
    lines.append(f"{len(done.tables) - len(filled)} more tables are empty on both sides.")
    lines += [
        f"The audit trail at the target is broken in chain {one.chain} at row {one.broken}: {one.problem}."
        for one in done.chains if one.broken is not None
    ]  # fmt: skip
    lines += _files_told(done)
    if done.unfinished:
        lines.append(f"{done.unfinished} jobs were not finished, and go on at the target.")
    lines.append(
        "Everything at the target is as at the source."
        if done.is_whole
        else "The target is NOT as the source: do not use it."
    )
    return lines


def _files_told(done: "Moved") -> list[str]:
    found = done.sorted_files
    lines = []
    if done.files is None:
        lines.append(f"{len(found.named):,} files, {_size(found.size)}, stay where they are.")
    else:
        lines.append(
            f"{len(done.files.sums):,} files, {_size(done.files.size)}, are the same on both sides, by size and "
            f"SHA-256. Checksum of all: {done.files.checksum[:16]}"
        )
        lines += _listed("files are NOT at the target as at the source", done.files.differ)
    missing = (*found.missing, *(done.files.gone if done.files else ()))
    lines += _listed("files that the database names are missing at the source, so at the target too", missing)
    return lines + _listed("files belong to nothing in the database, and stay behind", found.unnamed)


def _listed(what: str, keys: tuple[str, ...]) -> list[str]:
    if not keys:
        return []
    more = [f"  and {len(keys) - _SHOWN} more: --report FILE lists them all"] if len(keys) > _SHOWN else []
    return [f"{len(keys)} {what}:", *(f"  {key}" for key in keys[:_SHOWN]), *more]


def _size(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


def _next(settings: "Settings", target: "Settings") -> list[str]:
    from sqlalchemy import make_url

    shown = make_url(target.database_url).render_as_string(hide_password=True)
    lines = ["", "Now set for every website and worker:", f"  EVOKE_DATABASE_URL={shown}"]
    if target.files_url:
        lines.append(f"  EVOKE_FILES_URL={target.files_url}")
    if target.data_dir != settings.data_dir:
        lines.append(f"  EVOKE_DATA_DIR={target.data_dir}")
        lines.append(f"and take along what else lies in {settings.data_dir}: master.key above all.")
    was = "EVOKE_DATABASE_URL as it was" if settings.database_url else "no EVOKE_DATABASE_URL"
    return [
        *lines,
        "The master key has to be the same. evoke serve then shows whether everything is there.",
        f"To go back, start Evoke with {was} and the old place of the files: nothing was changed there. Once people",
        "work at the new place, what they do there is not at the old one. Delete the old one when you are sure.",
    ]


def write_report(file: Path, done: "Moved") -> None:
    tables = [
        {"name": one.name, "source": asdict(one.source), "target": asdict(one.target), "equal": one.is_equal}
        for one in done.tables
    ]
    files = done.files
    report = {
        "whole": done.is_whole, "tables": tables,
        "files": [asdict(one) for one in files.sums] if files else None,
        "files_checksum": files.checksum if files else None,
        "files_that_differ": files.differ if files else (),
        "missing_at_the_source": (*done.sorted_files.missing, *(files.gone if files else ())),
        "belong_to_nothing": done.sorted_files.unnamed,
    }  # fmt: skip
    file.write_text(json.dumps(report, indent=1), encoding="utf-8")
