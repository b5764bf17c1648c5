"""What the data-protection document says in words; which of it applies, `training.dpia` finds out."""

from models.permissions import Permission
from models.person import Role

ROLE_WORDS = {
    Role.TRAINEE: "Practitioner in training",
    Role.COACH: "Coach (in the teams they coach)",
    Role.LEAD: "Learning and development lead",
    Role.ADMINISTRATOR: "Administrator",
    Role.DATA_PROTECTION: "Data protection officer, or who acts for families",
    Role.EVALUATOR: "Evaluator (of the authorities that opted in)",
    Role.API_CLIENT: "A program of the authority",
}
PERMISSION_WORDS = {
    Permission.SEE_SESSION: "read sessions: the conversation, its codes and scores",
    Permission.ADD_SESSION: "add sessions",
    Permission.CHANGE_SESSION: "change sessions: try again, say who the practitioner is",
    Permission.FOLLOW_SESSION: "ask how far a session is, without reading it",
    Permission.SEE_TEAM_FIGURES: "see how groups of five people or more do, and no person and no conversation",
    Permission.SEE_EVALUATION_FIGURES: "see pseudonymous figures of the authorities that opted in, and no conversation",
    Permission.MANAGE_PEOPLE: "manage people and teams",
    Permission.MANAGE_RETENTION: "see what is held and until when, and set how long",
    Permission.WITHDRAW_SESSION: "delete a session for whoever takes their agreement back",
    Permission.COPY_FOR_PARTICIPANT: "make a copy of their own words for somebody who took part and has no account",
    Permission.HOLD_SESSION: "place and lift legal holds, without reading the session",
    Permission.ANSWER_REQUEST: "answer practitioners who contest scores or ask for a correction",
    Permission.GIVE_FEEDBACK: "write feedback on sessions they signed off",
    Permission.TALK_ABOUT_FEEDBACK: "write messages under feedback",
    Permission.DECIDE_CONTEST: "decide about codes that a practitioner contests, as second coach",
    Permission.ANSWER_OBJECTION: "decide about scores of exercises that a trainee of the team finds unfair",
    Permission.SEE_EXERCISE_FIGURES: "see figures of exercises, of five people or more, and no answer",
    Permission.EDIT_CONTENT: "change what there is to learn, without seeing who learns what",
    Permission.KEEP_ADOPTION: "upload posts, workbook use and outcomes, and see how far the programme has come",
    Permission.SEE_AUDIT: "see the audit trail, which holds nothing that was said",
}
"""Others speak for themselves: their name in plain words."""

DATA = {
    "organisation": "The authority’s name",
    "team": "Names of teams",
    "invitation": "Staff: who was invited, by work e-mail",
    "person": "Staff: name, work e-mail, kind of work, a hash of the password",
    "api_client": "Programs: which permissions, a hash of the secret, until when, when last used",
    "scim_connection": "Which program an authority’s identity provider acts through",
    "scim_person": "Staff: what the identity provider calls somebody: user name, id and name there",
    "scim_team": "Which id a team has at the identity provider",
    "scim_role_group": "Names of groups at the identity provider, and which role each gives",
    "scim_role_member": "Staff: who is in such a group",
    "role_grant": "Staff: what each may do, and where",
    "team_membership": "Staff: which team, from when to when",
    "practice_session": "A conversation: title, kind, date, change goal, whose practice it is, how far it is",
    "recording": "A conversation’s sound, as a sealed file; names to listen for",
    "listening_copy": "The same sound in a form that browsers play, as a sealed file, and how loud it is when",
    "recording_in_progress": "A conversation that is being recorded, and what was said about it",
    "conversation": "A talk with a simulated parent: which, when, and how open the parent was after each turn",
    "conversation_turn": "What was said in such a talk, sealed, until it is finished",
    "webhook": "The systems that are told what happens, with the secret that signs it sealed",
    "webhook_delivery": "What such a system was told: what happened to which session and who completed which module, "
    "by ids, for 30 days",
    "xapi_connection": "An authority’s learning record store, if any: its address, with its secret and the key of "
    "pseudonyms sealed",
    "xapi_statement": "What goes to that store, or went in the last 90 days: who completed what, and when; no word of "
    "a conversation. What does not arrive is given up after a year",
    "course_package": "Which modules were taken as packages for a learning system, and by whom",
    "cmi5_system": "Learning systems that may open modules (cmi5): their addresses",
    "cmi5_link": "Staff: which account of such a system is theirs",
    "cmi5_session": "When somebody opened a module from such a system, with the token to tell it sealed until then",
    "cmi5_statement": "What such a system was told of each: that a module was begun, completed, passed, left",
    "scorm_launch": "When somebody opened such a package",
    "parent_writer": "The program, if any, that puts in words what simulated parents say, with its secret sealed",
    "recorded_chunk": "Pieces of sound of such a recording, as sealed files",
    "resumable_upload": "A recording that a program is sending in pieces, and what was said about it",
    "upload_piece": "The pieces that have come, as sealed files",
    "transcript_version": "A conversation’s words: where they come from",
    "turn": "A conversation’s words, by who spoke",
    "utterance": "A conversation’s words, one thought at a time",
    "heard_clip": "Words heard so far while a recording is written down",
    "session_request": "What practitioners contest or ask to be put right, with the answers; sealed",
    "feedback": "A coach’s feedback to a practitioner on one conversation; sealed under its key",
    "feedback_message": "What the two write to each other about it; sealed",
    "workbook_note": "A practitioner’s note of one conversation, for the family’s workbook; sealed under its key",
    "code_contest": "Codes that a practitioner contests, with why, and what a second coach decided; sealed",
    "module_progress": "Staff: which parts of a module each has read, and what they completed and when",
    "module_check_try": "Staff: what each chose in the check of a module",
    "own_module": "Modules that the authority wrote or changed, and who sent each version",
    "module_choice": "Which version of a module the authority’s people read",
    "exercise_attempt": "Staff: answers to exercises, sealed under a key of each person, and what became of each",
    "exercise_draft": "Staff: what is begun in an exercise, sealed",
    "exercise_objection": "Staff: scores of answers that somebody finds unfair, with what a coach decided; sealed",
    "data_copy": "Copies that people asked for of what is held about them, for seven days",
    "data_copy_file": "The files of such copies, sealed",
    "authority_adoption": "The authority’s wave of the programme, when it went live, and what evaluators may take",
    "adoption_upload": "Staff: who uploaded figures of the programme, and when",
    "team_posts": "How many posts each team has for each kind of work",
    "workbook_month": "How many families of each team have a workbook, by month: counts alone",
    "outcome_month": "Outcomes of the whole authority by month, as it uploaded them: counts alone",
    "evaluation_key": "The sealed key with which an evaluation centre’s files name people and teams",
    "evaluation_export": "Files for evaluation, without names, sealed, for three days",
    "lti_platform": "Learning platforms that open Evoke: their addresses, and what they are told",
    "lti_invitation": "A hash of an address at which a platform may register itself, for a day",
    "lti_key": "The authority’s keys for learning platforms, the private halves sealed",
    "lti_login": "A launch from a learning platform that is under way, of nobody yet, for minutes",
    "lti_ticket": "Staff: for whom a window is about to open, as the platform names them, for minutes",
    "lti_launch": "When launches came from which platform, and why one was refused; no person",
    "lti_link": "Staff: who somebody is to a learning platform",
    "lti_course": "Courses that open Evoke, and where the platform tells who is in them",
    "lti_line_item": "Columns of a platform’s gradebook",
    "lti_grade": "Staff: what a platform is told of each: that something was done, or a coach-signed score",
    "counted_try": "How often something was tried lately, to slow down guessing",
    "rate_share": "How much was asked lately, by a hash of who asks, for an hour at most",
    "half_sign_in": "Staff: a sign-in that waits for its second step",
    "name_check": "Names given with a conversation, sealed, until they are checked",
    "password_reset": "Staff: a hash of a link for a new password",
    "provider_identity": "Staff: who somebody is to the authority’s identity provider",
    "recovery_code": "Staff: hashes of recovery codes",
    "second_step": "Staff: the sealed secret of the second step",
    "sign_on_under_way": "Staff: a single sign-on that is not finished",
    "single_sign_on": "The authority’s identity provider, with its secret sealed",
    "speaker_decision": "Who said which voice is the practitioner’s",
    "coding": "Scores: which machine or person gave them",
    "code": "Scores: the code of each thought, with the reason",
    "volley_count": "Scores: what was counted",
    "score": "Scores: each figure with its likely range",
    "suggested_global": "Scores: ranges suggested for the global ratings",
    "audit_event": "Staff: who did, saw and took away what, when and from which network address",
    "audit_head": "The last row of each audit chain",
    "sign_in": "Staff: a hash of each browser’s sign-in",
    "api_token": "Staff: a hash of each program’s token, and its name",
    "failed_sign_in": "E-mail addresses with which signing in failed, for a quarter of an hour",
    "job": "Work that waits or is done: ids only",
    "worker_beat": "Which workers run: no person",
    "participant": "Who took part in a conversation, and what they are called, sealed under its key",
    "agreement": "What each participant agreed to, how and until when",
    "session_basis": "The lawful basis of each conversation",
    "real_practice_switch": "Who let real practice in, and when",
    "retention_periods": "How long each kind of session is kept, who set it and when",
    "retention_step": "What went because its time was over, and when: ids only",
    "session_hold": "Legal holds: who placed and lifted them, when, and the sealed reason",
    "kept_figures": "Figures of sessions whose time is over: team, kind of work, kind of talk and month, no person",
    "withdrawal": "What was to be deleted, when and why: ids only",
    "deletion_proof": "Signed proofs of deletion: ids, counts and digests",
    "proof_key": "Public keys that such proofs are checked with",
    "session_key": "The key of each conversation, itself sealed",
    "organisation_key": "The authority’s keys, themselves sealed",
}
"""By table. A table that is not here is listed by its name, so that nothing is left out."""
NOT_DATA = ("alembic_version",)

COUNTS_FROM = (
    "When a coach last signed the session off; if nobody did, when it was last coded; if it never was, when it was "
    "added."
)
SCORES_END = (
    "The session is deleted, with its owner, participants, title and key. Its figures stay with the authority, team, "
    "kind of work, kind of talk and month. That is pseudonymous, not anonymous: in a small team one may still guess."
)
HOLD = (
    "Nothing is deleted until it is lifted. Where agreement is taken back or ends meanwhile, nobody can read the "
    "session from that moment, and it is deleted when the hold is lifted."
)
PURPOSES = (
    ("Learning: feedback to the practitioner", "Public task, Article 6(1)(e) of the UK GDPR"),
    ("Supervision by a coach of the practitioner’s team", "Public task, Article 6(1)(e)"),
    ("Security and accountability: sign-ins and the audit trail", "Public task, with the duty of Article 5(2) and 32"),
)
"""Usual for a local authority; the data-protection officer confirms or changes it."""
BASIS_NOTE = (
    "Whether people agreed to be recorded is asked and kept apart from the lawful basis. Conversations of families "
    "hold special category data: name the condition of Article 9 and of Schedule 1 to the Data Protection Act 2018 "
    "that you rely on."
)

NEVER = (
    "decide about a person’s pay, contract, promotion, discipline or fitness to practise",
    "rank or compare named staff",
    "decide anything about a family, a child or a case",
    "stand in for a coach’s judgement: every machine score is a draft until a coach has read the session",
)
"""What automated scores must not be used for; Article 22 of the UK GDPR and fairness at work."""
WEAKNESSES = (
    "Simple and complex reflections are confused; experts hardly agree on them either.",
    "Confronting is missed in irony and over-called in blunt talk.",
    "In very poor sessions the machine takes arguments for reflections, so figures come out too high.",
    "Words written down by a machine can be wrong or made up; doubtful ones are marked, not all are found.",
    "Measured mostly on made-up conversations in British English. How it does with accents, dialects, interpreters and "
    "people with speech difficulties has not been measured.",
)
