"""Which actions of the audit trail the ledger of deletions notes, and which a restored backup needs no note of.

Every action whose name sounds like an end is in one of these; a test says so of a new one.
"""

REAPPLIED = frozenset({
    "session_withdrawn", "further_uses_withdrawn", "excerpt_refused", "recording_let_go", "words_let_go",
    "answers_deleted", "left", "conversation_thrown_away", "upload_thrown_away", "recording_thrown_away",
    "live_session_deleted", "name_check_ended", "data_copy_ended", "evaluation_export_ended", "workbook_note_deleted",
    "learning_entry_deleted", "evaluation_rows_refused", "opted_out_of_evaluation", "organisation_shredded",
    "api_token_revoked", "hold_placed", "hold_lifted", "real_practice_switched_off",
})  # fmt: skip
"""Done again to what a backup brings back; see `coding.restore.reapply`."""
TOLD = frozenset({
    "names_checked", "recording_bleeped", "correction_answered", "returned", "role_taken", "team_left",
    "scim_tokens_ended", "scim_role_group_removed", "scim_role_group_ended", "webhook_removed",
    "webhook_old_secret_ended", "single_sign_on_ended", "lti_platform_ended", "xapi_connection_ended",
    "parent_writer_ended", "cmi5_system_ended", "cmi5_unlinked", "certificate_taken_back", "scim_let_go",
})  # fmt: skip
"""A program cannot do them again, for what it needs is not in the backup: the operator is told of each."""
NOTED = REAPPLIED | TOLD
NOT_NEEDED = {
    "session_deleted": "its session was withdrawn before, and that is done again",
    "api_client_revoked": "whoever is revoked is marked as left, and that is done again",
    "conversation_expired": "its time is over again in the first sweep",
    "upload_expired": "its time is over again in the first sweep",
    "recording_expired": "its time is over again in the first sweep",
    "spoken_answer_deleted": "their sound is in no backup, and their words go again in the first sweep",
    "answers_let_go": "their time is over again in the first night",
    "course_packages_ended": "what was taken away is outside Evoke",
    "feedback_taken_back": "work, not a person's data that had to go",
    "feedback_message_taken_back": "work, not a person's data that had to go",
    "code_contest_taken_back": "work, not a person's data that had to go",
    "double_coding_handed_back": "work, not a person's data that had to go",
    "session_handed_back": "work, not a person's data that had to go",
    "conversation_turn_taken_back": "a talk goes on from where the backup has it",
    "skill_choice_taken_back": "work, not a person's data that had to go",
    "pathway_taken_back": "work, not a person's data that had to go",
    "module_thrown_away": "words about families are in no module",
    "live_session_ended": "it ends by itself when its time is over",
    "adoption_upload_taken_back": "figures without a person",
    "cmi5_ended": "a visit that is over",
    "statements_given_up": "what was not sent is given up again",
    "api_client_refused": "nothing changed",
    "sign_in_refused": "nothing changed",
    "signed_out": "a restore ends every sign-in",
    "session_stopped": "work on it goes on from where the backup has it",
    "webhook_paused": "it can be paused again",
    "xapi_connection_paused": "it can be paused again",
    "plan_paused": "it can be paused again",
    "review_put_away": "work, not a person's data that had to go",
    "pathway_put_away": "work, not a person's data that had to go",
    "team_closed": "it can be closed again",
    "module_hidden": "it can be hidden again",
    "exercise_objection_answered": "work, not a person's data that had to go",
}
"""With the reason."""
KEPT_DETAILS = ("why", "scopes", "period", "since")
"""Of an audit row's details, those that an entry has."""
