"""The stage before coding: what may tell who somebody is becomes placeholders, in the transcript itself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from coding.about_session import replaced_in, with_placeholders
from coding.given_names import given_names
from coding.interchange.kept_import import keep_waiting_notes, waiting_notes
from coding.transcript.identifiers.find import Finder, More
from coding.transcript.identifiers.kinds import Kind
from coding.transcript.pseudonyms import METHOD, Labels, Replacement, put_in, spans_of
from coding.transcript.versions import change_words, utterances_by_turn, words_of
from coding.transcript.words import TranscriptWords
from models.name_check import Said, keep_said
from models.practice import PracticeSession
from models.session_words import SessionWords, keep_session_words, session_words
from models.transcript import TranscriptVersion


@dataclass(frozen=True)
class NamesReplaced:
    """A transcript as it is coded and kept: its words with placeholders, and by turn its utterances where they are
    drawn. `labels` are speakers whose label was a name, with what they are called now; `said` is what was replaced,
    `about` the session's title and goal, `notes` those that came with the file."""

    words: TranscriptWords
    utterances: tuple[tuple[str, ...], ...]
    labels: dict[str, str]
    said: Said
    about: SessionWords
    notes: tuple[str, ...] = ()


def replace_names(
    session: Session, version: TranscriptVersion, practice: PracticeSession, *, more: Sequence[More] = ()
) -> NamesReplaced:
    """Changes nothing yet. One whose names are replaced already comes back as it is. Raises WordsGone."""
    words = words_of(session, version)
    utterances = utterances_by_turn(session, version, len(words.turns))
    if version.names_replaced is not None:
        return NamesReplaced(words, utterances, {}, (), session_words(session, practice))
    names = given_names(session, practice)
    finder, labels = Finder(names, more=more), Labels(names)
    spans = [spans_of(found, labels) for found in finder.through(turn.text for turn in words.turns)]
    done = put_in(words.turns, spans, utterances)
    about = with_placeholders(session_words(session, practice), finder, labels)
    called = dict.fromkeys(turn.speaker_label for turn in words.turns)
    renamed = {label: _label(label, finder, labels) for label in called}
    notes = tuple(replaced_in(note, finder, labels) for note in waiting_notes(session, practice.id))
    with_labels = _with_labels(done, words, {label: new for label, new in renamed.items() if new != label}, about)
    return replace(with_labels, notes=notes)


def keep_names_replaced(session: Session, version: TranscriptVersion, done: NamesReplaced) -> None:
    """In the place of the words as they were said, of which only those that were replaced stay, until they are
    checked."""
    if version.names_replaced is not None:
        return
    version.names_replaced = METHOD
    drawn = [text for turn in done.utterances for text in turn]
    change_words(session, version, done.words, utterances=drawn or None)
    practice = session.get_one(PracticeSession, version.session_id)
    keep_session_words(session, practice, done.about)
    session.add(practice)
    keep_waiting_notes(session, practice.id, done.notes)
    keep_said(session, session_id=version.session_id, said=done.said)


def _label(label: str, finder: Finder, labels: Labels) -> str:
    """A speaker called by a name gets that person's placeholder."""
    for one in reversed(finder.find(label)):
        if one.kind is Kind.NAME:
            label = f"{label[: one.start]}{labels.of(one)}{label[one.end :]}"
    return label


def _with_labels(
    done: Replacement, words: TranscriptWords, renamed: dict[str, str], about: SessionWords
) -> NamesReplaced:
    turns = tuple(
        replace(turn, speaker_label=renamed.get(turn.speaker_label, turn.speaker_label)) for turn in done.turns
    )
    practitioners = tuple(renamed.get(label, label) for label in words.practitioner_labels)
    return NamesReplaced(
        TranscriptWords(turns, practitioners, words.notes), done.utterances, renamed, done.said, about
    )  # fmt: skip
