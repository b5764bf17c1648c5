"""Why a file of codes cannot be read, and what to do about it."""

from coding.transcript.errors import TranscriptError


class NoCodes(TranscriptError):
    code = "no_codes"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The file {name} holds no codes. To add a conversation that is not coded yet, use “Add a session”."
        )


class NobodyPractises(TranscriptError):
    code = "no_practitioner"

    def __init__(self, title: str) -> None:
        super().__init__(
            f"In {title} neither the codes nor the speakers’ names say who the practitioner is. Add a column role "
            "(practitioner or client), or name the speakers so."
        )


class ElanBroken(TranscriptError):
    code = "elan_broken"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"The ELAN file {name} cannot be read: {why}. Save it again in ELAN and add the new file.")


class CodesBroken(TranscriptError):
    code = "codes_broken"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"The file {name} cannot be read: {why}. Save it again in the program it comes from.")


class CodesWithoutWords(TranscriptError):
    code = "codes_without_words"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The file {name} holds codes and times, but no words. Add the recording, or a transcript with times, as a "
            "session first. Then open it and choose “Lay codes from CACTI onto it”."
        )


class NoTimes(TranscriptError):
    code = "no_times"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The codes in {name} have times, and no line of this session has one, so they cannot be laid onto it."
        )


class CodesOfAnother(TranscriptError):
    code = "codes_of_another"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"No code in {name} lies near a line of this session. Check that the file is of the same recording."
        )


class FormatUnknown(TranscriptError):
    code = "format_unknown"

    def __init__(self, known: tuple[str, ...]) -> None:
        super().__init__(f"Choose one of these formats: {', '.join(known)}.")
