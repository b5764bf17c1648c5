"""Everything that is wrong with content, beyond what its format refuses: within a module and between modules."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from coding.scheme.codes import Behaviour, ClientTalk, Speaker
from training.exercises.format import Exercise, OrderTheSummary, SpotTheCode, Written
from training.listed_words import first_in
from training.modules.fault import ContentFaulty, Fault
from training.modules.load import SHIPPED_MODULES, read_folder
from training.modules.read import EXERCISE_FILE, MODULE_FILE, Module
from training.modules.reading_age import OLDEST, reading_age

FEWEST_TURNS = 10
SLUG = re.compile(r"^(?=.{1,60}$)[a-z0-9]+(-[a-z0-9]+)*\Z")
TAKEN = ("items", "objections")
"""Pages of Evoke lie at these names below /learn."""
_LEARN = re.compile(r"^/learn/([a-z0-9-]+)(?:/exercises/([a-z0-9-]+)|/check|/whole)?$")
_CODE_LINK = re.compile(r"^/about-the-scores#code-(\w+)$")
_REFUSED_LINK = r"\[[^\]\n]{0,200}\]\([^)\n]{0,300}\)"
_CODES = {one.value for one in (*Behaviour, *ClientTalk)}


@dataclass(frozen=True)
class Checked:
    """`faults` by module. `ages` are reading ages in years; a module that cannot be read has none."""

    modules: tuple[Module, ...]
    faults: tuple[tuple[str, Fault], ...]
    ages: dict[str, int]


def check_folder(folder: Path = SHIPPED_MODULES) -> Checked:
    """`folder` holds modules, a folder each, or is one itself. Raises NotADirectoryError."""
    single = (folder / MODULE_FILE).is_file() or (folder / EXERCISE_FILE).is_file()
    folders = [folder] if single else sorted(one for one in folder.iterdir() if one.is_dir())
    modules: list[Module] = []
    faults: list[tuple[str, Fault]] = []
    for one in folders:
        try:
            modules.append(read_folder(one))
        except ContentFaulty as error:
            faults += [(one.name, fault) for fault in error.faults]
        except FileNotFoundError as error:
            missing = Path(error.filename).name
            faults.append((one.name, Fault(missing, "is not there. A module needs both files.")))
        except UnicodeDecodeError as error:
            faults.append((one.name, Fault(MODULE_FILE, f"One of the files is not UTF-8 text: {error.reason}.")))
    known = [] if single else modules
    for module in modules:
        faults += [(module.slug, fault) for fault in check_module(module, beside=known)]
    faults += _same_places(modules)
    ages = {one.slug: reading_age(one.body.plain) for one in modules if re.search(r"\w", one.body.plain)}
    return Checked(tuple(modules), tuple(faults), ages)


def _same_places(modules: Sequence[Module]) -> Iterator[tuple[str, Fault]]:
    taken: dict[tuple[str, int], str] = {}
    for one in modules:
        other = taken.setdefault((one.head.task, one.head.order), one.slug)
        if other != one.slug:
            what = f"is {one.head.order}, as in the module {other} of the same task. Choose another."
            yield one.slug, Fault(MODULE_FILE, what, field="order")


def check_module(module: Module, *, beside: Sequence[Module]) -> list[Fault]:
    """Faults of one module in a library of others. Without others, links to modules are not looked at."""
    return [
        *_name(module),
        *_text(module),
        *_dialogue(module),
        *_links(module, beside),
        *_exercises(module.exercises),
        *_shared_ids(module, [one for one in beside if one.slug != module.slug]),
    ]


def _name(module: Module) -> Iterator[Fault]:
    if not SLUG.match(module.slug):
        what = f"The folder's name, {module.slug}, must have small letters, digits and hyphens, 60 at most."
        yield Fault(MODULE_FILE, what)
    elif module.slug in TAKEN:
        yield Fault(MODULE_FILE, f"A page of Evoke has the name {module.slug} already. Choose another.")


def _text(module: Module) -> Iterator[Fault]:
    body, first = module.body, module.body_line - 1
    if not module.parts:
        yield Fault(MODULE_FILE, "The text has no part. Begin each with a line of ## and its title.", module.body_line)
    for line in body.high_headings:
        yield Fault(MODULE_FILE, "A heading has one #. The page has a title already: use ##.", first + line)
    titles = [part.title for part in module.parts]
    for title in sorted({one for one in titles if titles.count(one) > 1}):
        yield Fault(MODULE_FILE, f"Two parts are called “{title}”. Give one another title.")
    if re.search(r"\w", body.plain) and (age := reading_age(body.plain)) > OLDEST:
        what = f"The text is for readers of {age}, and should be for readers of {OLDEST}. Shorten sentences and words."
        yield Fault(MODULE_FILE, what)


def _dialogue(module: Module) -> Iterator[Fault]:
    for line, what in module.body.dialogue_faults:
        yield Fault(MODULE_FILE, what, module.body_line + line - 1)
    longest = max((len(one.turns) for one in module.dialogues), default=0)
    if longest == 0:
        yield Fault(MODULE_FILE, "There is no worked dialogue. Add a block that begins with ```dialogue.")
    elif longest < FEWEST_TURNS:
        yield Fault(MODULE_FILE, f"The worked dialogue has {longest} turns and needs at least {FEWEST_TURNS}.")
    for turn in (turn for one in module.dialogues for turn in one.turns):
        if turn.speaker is Speaker.PRACTITIONER and any(one.code is None for one in turn.utterances):
            said = turn.utterances[-1].text[:50]
            yield Fault(MODULE_FILE, f"A line of yours in the dialogue has no code at its end: “{said}”. Add one.")


def _links(module: Module, beside: Sequence[Module]) -> Iterator[Fault]:
    by_slug = {one.slug: one for one in (*beside, module)}
    for line, href in module.body.links:
        place = module.body_line + line - 1
        if code := _CODE_LINK.match(href):
            if code[1] not in _CODES:
                yield Fault(MODULE_FILE, f"There is no code {code[1]} to link to.", place)
        elif href.startswith("/learn/") and (what := _no_target(href, by_slug if beside else {})):
            yield Fault(MODULE_FILE, what, place)
    for refused in re.findall(_REFUSED_LINK, module.body.plain):
        yield Fault(MODULE_FILE, f"The link {refused} is not taken. It must begin with https://, or name a module.")


def _no_target(href: str, by_slug: dict[str, Module]) -> str:
    """What is wrong with a link to a module; with no modules given, as much as its form tells."""
    to = _LEARN.match(href)
    if to is None:
        return f"Nothing is at {href}. Link to /learn/ and the name of a module."
    slug, exercise = to.groups()
    if by_slug and slug not in by_slug:
        return f"There is no module {slug} to link to."
    if by_slug and exercise and all(one.id != exercise for one in by_slug[slug].exercises):
        return f"The module {slug} has no exercise {exercise}."
    return ""


def _exercises(exercises: Sequence[Exercise]) -> Iterator[Fault]:
    ids = [one.id for one in exercises]
    for number, one in enumerate(exercises, 1):
        field = f"exercises.{number}"
        if ids.index(one.id) < number - 1:
            yield Fault(EXERCISE_FILE, f"The id {one.id} stands twice. Give one of them another.", field=field)
        if isinstance(one, Written):
            texts = [*one.models, *(weak.text for weak in one.weak)]
            if len({text.casefold() for text in texts}) < len(texts):
                yield Fault(EXERCISE_FILE, "An answer stands twice among `models` and `weak`.", field=field)
            yield from (
                Fault(EXERCISE_FILE, f"A model answer has “{found}”, of which `beware` warns.", field=field)
                for model in one.models for warned in one.beware if (found := first_in(model, warned.words))
            )  # fmt: skip
        elif isinstance(one, OrderTheSummary) and len(set(one.pieces)) < len(one.pieces):
            yield Fault(EXERCISE_FILE, "A piece stands twice in `pieces`.", field=field)
        elif isinstance(one, SpotTheCode) and set(one.apart) - set(one.options):
            yield Fault(EXERCISE_FILE, "`apart` counts a code that is not one of `options`.", field=field)


def _shared_ids(module: Module, others: Iterable[Module]) -> Iterator[Fault]:
    for other in others:
        shared = {one.id for one in module.exercises} & {one.id for one in other.exercises}
        for name in sorted(shared):
            what = f"The exercise {name} is also in the module {other.slug}. Give it another id."
            yield Fault(EXERCISE_FILE, what)
