"""What is found, and what is left alone. Each line of a list: the text with what must be found in brackets."""

import re
from itertools import pairwise

import pytest

from coding.transcript.identifiers.find import Finder, find_identifiers
from coding.transcript.identifiers.kinds import GivenName, Kind
from coding.transcript.identifiers.numbers import nhs_holds

NAMES = (
    GivenName("Kayleigh Louise Marsh", "child"),
    GivenName("Mohammed Hussain", "parent"),
    GivenName("Siobhan Byrne", "parent"),
    GivenName("Will Young", "practitioner"),
    GivenName("May Chen", "family member"),
    GivenName("Oluwaseun Adebayo", "parent"),
    GivenName("Sara Hussain", "child"),
)


def shown(text: str, kinds: set[Kind] | None = None, before: str = "") -> str:
    """The text with what was found in brackets."""
    out, at = "", 0
    for one in find_identifiers(text, NAMES, before):
        if kinds is None or one.kind in kinds:
            out += f"{text[at : one.start]}[{text[one.start : one.end]}]"
            at = one.end
    return out + text[at:]


def expect(marked: str, kind: Kind, before: str = "") -> None:
    text = re.sub(r"[\[\]]", "", marked)
    assert shown(text, {kind}, before) == marked


@pytest.mark.parametrize(
    "marked",
    [
        "NHS no. [943 476 5919].",
        "it's [9434765919], I think",
        "is it [943-476-5919]?",
        "[nine four three, four seven six, five nine one nine]",
        "um [943 then 476 and then 5919]",
        "my nhs number is [nine four three four seven six five nine one eight]",  # misheard: the check digit is wrong
    ],
)
def test_nhs_numbers_are_found_written_and_spoken(marked: str) -> None:
    expect(marked, Kind.NHS_NUMBER, before="What is your NHS number?" if "then" in marked else "")


def test_an_nhs_number_proves_itself_by_its_last_digit() -> None:
    assert nhs_holds("9434765919")
    assert not any(nhs_holds("943476591" + digit) for digit in "012345678")
    assert not nhs_holds("0000000000")


@pytest.mark.parametrize(
    "marked",
    [
        "call [020 7946 0958] or [07700 900123]",
        "[+44 (0)7700 900123]",
        "[(0161) 496 0123]",
        "my mobile's [oh seven seven double oh, nine hundred, one two three]",
        "[oh seven seven oh oh, nine oh oh, um, two four six] after six",
        "ring [zero one one three, four nine six, zero two seven four]",
        "my number is [496 0123]",
    ],
)
def test_phone_numbers_are_found_written_and_spoken(marked: str) -> None:
    expect(marked, Kind.PHONE)


@pytest.mark.parametrize(
    "marked",
    [
        "Postcode is [LS1 4AP]",
        "it's [sw1a 1aa]",
        "it's [B D three eight, four Q T]",
        "the postcode's [double-u f thirty eight six n e]",
        "it's [S for sugar, 1, 2 B J]",
        "over in [M47] now",
    ],
)
def test_postcodes_are_found_written_and_spelled(marked: str) -> None:
    expect(marked, Kind.POSTCODE)


@pytest.mark.parametrize(
    "marked",
    [
        "[k.marsh99@hotmail.co.uk], that one",
        "my email is [kayleigh dot marsh at gmail dot com]",
        "[mo underscore hussain eighty six at example dot co dot uk]",
        "[j o h n at example dot org]",
        "send it to [s.byrne at nhs dot net]",
    ],
)
def test_e_mail_addresses_are_found_written_and_spoken(marked: str) -> None:
    expect(marked, Kind.EMAIL)


@pytest.mark.parametrize(
    ("before", "marked"),
    [
        ("", "she was born on [the fourteenth of march two thousand and eleven]"),
        ("", "dob [14.3.11]"),
        ("", "born [2022-08-30] it says"),
        ("And her date of birth?", "[fourteen three eleven]"),
        ("And her date of birth?", "It's [the 28th of the 4th, ninety-one]."),
        ("", "her birthday's [the 2nd of June]"),
        ("And your date of birth?", "it's [oh four oh six ninety two]"),
        ("", "born [New Year's Eve 2012]"),
        ("", "she'll be four on [the ninth of March]"),
        ("", "I was born in [’87], you know"),
        ("", "it's her birthday on [Saturday the 6th of June]"),
        ("What's her date of birth?", "[one two, oh three, one nine eight nine]"),
        ("What's her date of birth?", "[the twelfth, no, the thirteenth of May twenty ten]"),
        ("When were you born?\nMe? Long ago.\nRoughly?", "[Nineteen fifty-eight]."),
        ("Date of birth?\nOh.\nHang on.\nI have it.\nHere.\nNo.\nYes.", "[22nd of August]"),
    ],
)
def test_dates_of_birth_are_found_in_their_context(before: str, marked: str) -> None:
    expect(marked, Kind.BIRTH_DATE, before)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("", "Clean since the third of January, it's like a second birthday."),
        ("", "The appointment is on the 14th of October."),
        ("When's his birthday?\nThe ninth of March.\nAnd when did you move in?", "the fourth of June"),
        ("", "See you at ten on the tenth of March."),
        ("", "Her birth was registered on the second of May."),
    ],
)
def test_other_dates_are_no_dates_of_birth(before: str, said: str) -> None:
    assert Kind.BIRTH_DATE not in [one.kind for one in find_identifiers(said, (), before)]


@pytest.mark.parametrize(
    ("kind", "marked"),
    [
        (Kind.INSURANCE_NUMBER, "[QQ 12 34 56 C] is what they want"),
        (Kind.INSURANCE_NUMBER, "national insurance number [q q one two three four five six c]"),
        (Kind.VEHICLE, "my reg is [LB16 XYZ]"),
        (Kind.VEHICLE, "the car's [y t fifteen k w u]"),
        (Kind.CASE_NUMBER, "[SR19P01234] on the order"),
        (Kind.CASE_NUMBER, "crime ref [4500123456]"),
        (Kind.ADDRESS, "I live at [14 Moss Lane] now"),
        (Kind.ADDRESS, "[flat 3b, 27 St Mary's Close]"),
        (Kind.ADDRESS, "[twenty-seven ashfield avenue]"),
        (Kind.SCHOOL, "She's at [St Mary's Catholic Primary School]"),
        (Kind.SCHOOL, "goes to [thornfield beck primary] it's near"),
        (Kind.DATE, "Court is on [14 March 2026] at ten."),
    ],
)
def test_other_kinds_are_found(kind: Kind, marked: str) -> None:
    expect(marked, kind)


@pytest.mark.parametrize(
    "marked",
    [
        "[Kayleigh Marsh], [Kay] and [Kayley]'s mum",
        "[Kaylee], can you hear me",
        "[Mo]'s here, [mohammad] is his name",
        "[shavon] said she'd come, [Shiv] did",
        "[seun] rang, Mr [Adebayo]",
        "Mrs [Chen] and mister [young]",
        "[May Chen] is here",
        "[kayleighs] bag",
    ],
)
def test_given_names_are_found_in_part_short_misspelt_and_in_lower_case(marked: str) -> None:
    expect(marked, Kind.NAME)


@pytest.mark.parametrize(
    "marked",
    [
        "Will you come? [Will] said no. [Will], sit down.",
        "I will. Thanks [Will].",
        "hi [will], how are you",
        "it may rain in May. [May] said so. Auntie [May] came.",
        "the may fair, the second week of may, May 4th",
        "She was so young. A young man.",
    ],
)
def test_a_name_that_is_a_word_too_needs_a_capital_or_company(marked: str) -> None:
    expect(marked, Kind.NAME)


@pytest.mark.parametrize(
    "marked",
    [
        "My name's [Bartholomew Quirke] and this is [Tracy]",
        "I'll ring Mrs [Pugh] and Dr [Osei]",
        "[Gaynor] next door has him",
        "my son [ethan] got it",
        "The baby's called [Hope]",
    ],
)
def test_names_that_nobody_gave_are_found(marked: str) -> None:
    expect(marked, Kind.NAME)


@pytest.mark.parametrize(
    "text",
    [
        "We meet on the 14th, and again on the 3rd of March.",
        "I'd say a four out of ten, maybe five. From sixty down to fourteen.",
        "12 to 14 units a week, in 2019 and in 2020, bus 38, step 4",
        "that's 1,250,000 pounds or £4500000, two thousand eight hundred in arrears",
        "up the close, then two doors down the road, three times a day on the way home",
        "It's a two way street. Okay. Look at me for a second.",
        "her primary school is lovely, college on Mondays",
        "my sister. She said Tesco, Universal Credit, CAMHS and Year 6",
    ],
)
def test_what_tells_of_nobody_is_left_alone(text: str) -> None:
    assert shown(text) == text


def test_the_forms_of_one_person_are_known_to_be_one() -> None:
    found = find_identifiers("Kayleigh, Kay, Kayley and Kayleigh Marsh; Mo and Mr Hussain; Sara Hussain", NAMES)
    assert [(one.same_as, one.given) for one in found] == [("0", True)] * 4 + [("1", True)] * 2 + [("6", True)]


def test_a_surname_that_two_share_is_a_family_and_with_a_title_the_adult() -> None:
    assert [one.same_as for one in find_identifiers("the Hussain family", NAMES)] == ["family hussain"]
    assert [one.same_as for one in find_identifiers("ask Mr Hussain", NAMES)] == ["1"]


def test_the_question_may_lie_two_turns_back() -> None:
    said = ["What's your date of birth?", "Sorry, what?", "ninth of June"]
    assert [[one.kind for one in found] for found in Finder(()).through(said)] == [[], [], [Kind.BIRTH_DATE]]


def test_nothing_found_lies_over_another_and_all_is_in_order() -> None:
    text = "Kayleigh Marsh, 14 Moss Lane, LS1 4AP, born 9/6/2020, 07700 900123, kay.marsh@example.org, LB16 XYZ"
    found = find_identifiers(text, NAMES)
    assert [one.kind for one in found] == [
        Kind.NAME, Kind.ADDRESS, Kind.POSTCODE, Kind.BIRTH_DATE, Kind.PHONE, Kind.EMAIL, Kind.VEHICLE,
    ]  # fmt: skip
    assert all(one.end <= after.start for one, after in pairwise(found))
