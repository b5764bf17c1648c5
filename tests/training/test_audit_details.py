"""The audit page says what a row holds in a person's words, and keeps what it has no words for."""

from training.audit_details import details_shown


def test_words_instead_of_what_is_kept() -> None:
    kept = {"team_id": "one", "on": "2026-11-26", "role": "data_protection", "kind": "role_play", "form": "pdf"}
    assert details_shown(kept, {"one": "Family help"}) == (
        ("as", "PDF"),
        ("kind", "role play"),
        ("from", "26 November 2026"),
        ("role", "data protection officer"),
        ("team", "Family help"),
    )


def test_what_has_no_words_is_shown_as_it_is_kept() -> None:
    assert details_shown({"team_id": "gone", "put_back": "2", "kind": "other"}, {}) == (
        ("kind", "other"),
        ("put back", "2"),
        ("team", "gone"),
    )
