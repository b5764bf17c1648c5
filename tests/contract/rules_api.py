"""Routes for programs."""

from tests.contract.rule import (
    ACCEPTED,
    ADMINISTRATOR,
    ADMINISTRATORS,
    AGREED,
    CLIENT,
    COACH,
    CONTESTED,
    ELSEWHERE,
    EVERYBODY,
    HOOK,
    LEAD,
    OF_API,
    OWNER,
    PEOPLE,
    SAID,
    SIGNED_IN,
    THEIR_COACH,
    Rule,
)

BEGUN = {"details": AGREED, "media_type": "audio/webm", "microphones": 1}
CHUNK = {"params": {"seconds": "1"}, "content": b"sound"}
SENT = {"json": {"chunks": 0, "details": AGREED}}
STEPS = {"json": {"expected": 0, "steps": [ACCEPTED]}}
SENT_FEEDBACK = {"json": {"well": [{"text": "Good."}], "to_try": {"text": "Try it."}, "send": True}}
HOOKS = (*ADMINISTRATORS, CLIENT)
READERS = (COACH, *ADMINISTRATORS, CLIENT, "coach elsewhere")
RECORDINGS = "/api/v1/recordings-in-progress"
UPLOADS = "/api/v1/uploads"
"""In pieces."""
NEW_UPLOAD = {"headers": {"upload-length": "8", "upload-metadata": "agreement_confirmed eWVz"}}
PIECE = {"content": b"eight by", "headers": {"upload-offset": "0", "content-type": "application/offset+octet-stream"}}
RULES: dict[str, Rule] = {
    "GET /api/v1/openapi.json": Rule(EVERYBODY),
    "GET /api/v1/evoke_client.py": Rule(EVERYBODY),
    "GET /api/v1/webhooks": Rule(HOOKS),
    "POST /api/v1/webhooks": Rule(HOOKS, sends={"json": HOOK | {"events": ["session.ready"]}}),
    "DELETE /api/v1/webhooks/{webhook_id}": Rule((ADMINISTRATOR, CLIENT)),
    "GET /api/v1/webhooks/{webhook_id}/deliveries": Rule((ADMINISTRATOR, CLIENT)),
    "POST /api/v1/webhooks/{webhook_id}/redeliver": Rule((ADMINISTRATOR, CLIENT), sends={"json": {}}),
    "POST /api/v1/oauth/token": Rule(EVERYBODY, {"grant_type": "client_credentials"}, refused=401),
    "GET /api/v1/practitioners": Rule((COACH, CLIENT), sends={"params": {"email": "olu.owner@example.org"}}),
    "GET /api/v1/people": Rule(READERS),
    "GET /api/v1/people/{person_id}": Rule((COACH, ADMINISTRATOR, CLIENT)),
    "GET /api/v1/teams": Rule(READERS),
    "GET /api/v1/teams/{team_id}": Rule((COACH, ADMINISTRATOR, CLIENT)),
    "GET /api/v1/figures": Rule(SIGNED_IN),
    "GET /api/v1/figures/adoption": Rule((LEAD, *ADMINISTRATORS)),
    "GET /api/v1/figures/authority": Rule((LEAD, CLIENT)),
    "GET /api/v1/figures/authority/{slice_name}": Rule((LEAD, CLIENT), refused=404),
    f"GET {OF_API}/feedback": Rule(THEIR_COACH),
    f"POST {OF_API}/feedback": Rule((COACH,), sends=SENT_FEEDBACK, forbidden=(OWNER,)),
    f"POST {OF_API}/feedback/take-back": Rule((COACH,), forbidden=(OWNER,)),
    f"POST {OF_API}/feedback/messages": Rule(THEIR_COACH, sends={"json": SAID}),
    f"DELETE {OF_API}/feedback/messages/{{message_id}}": Rule((OWNER,)),
    f"POST {OF_API}/feedback/contests": Rule((OWNER,), sends={"json": CONTESTED}, forbidden=(COACH,)),
    f"POST {OF_API}/feedback/contests/{{contest_id}}": Rule(
        (COACH,), sends={"json": {"change": False, "reason": "It fits."}}, forbidden=(OWNER,)
    ),
    f"DELETE {OF_API}/feedback/contests/{{contest_id}}": Rule((OWNER,), forbidden=(COACH,)),
    f"GET {OF_API}/workbook-note": Rule((OWNER,), forbidden=(COACH,)),
    "GET /api/v1/search": Rule(SIGNED_IN, sends={"params": {"q": "drinking"}}),
    "POST /api/v1/sessions/coded": Rule((COACH, ELSEWHERE[1]), AGREED),
    "GET /api/v1/machine-agreement": Rule((LEAD, *ADMINISTRATORS)),
    "GET /api/v1/agreement": Rule((COACH, LEAD, "coach elsewhere")),
    "GET /api/v1/sessions": Rule(SIGNED_IN),
    "POST /api/v1/sessions": Rule(SIGNED_IN, AGREED),
    "GET /api/v1/sessions/{session_id}": Rule(THEIR_COACH),
    "GET /api/v1/sessions/{session_id}/export": Rule(THEIR_COACH),
    "GET /api/v1/sessions/{session_id}/progress": Rule((*THEIR_COACH, CLIENT)),
    **{
        f"GET /api/v1/sessions/{{session_id}}/{part}": Rule(THEIR_COACH)
        for part in ("codes", "scores", "reviews", "exports")
    },
    "GET /api/v1/plan": Rule(PEOPLE, forbidden=(CLIENT,)),
    "GET /api/v1/modules": Rule(PEOPLE, forbidden=(CLIENT,)),
    "GET /api/v1/modules/{name}/progress": Rule(PEOPLE, forbidden=(CLIENT,)),
    "POST /api/v1/sessions/{session_id}/retry": Rule(THEIR_COACH),
    "POST /api/v1/sessions/{session_id}/stop": Rule(THEIR_COACH),
    "POST /api/v1/sessions/{session_id}/practitioner": Rule(THEIR_COACH, sends={"params": {"label": "Parent"}}),
    "POST /api/v1/sessions/{session_id}/picked": Rule(THEIR_COACH, sends={"params": {"picked": "drawn"}}),
    "POST /api/v1/sessions/{session_id}/listening": Rule(THEIR_COACH, refused=404),
    "GET /api/v1/sessions/{session_id}/peaks": Rule(THEIR_COACH, refused=404),
    "GET /api/v1/sessions/{session_id}/sound": Rule(THEIR_COACH, refused=404),
    "POST /api/v1/sessions/{session_id}/reviews": Rule((COACH,), refused=409, forbidden=(OWNER,)),
    "GET /api/v1/reviews/{review_id}": Rule((COACH,), forbidden=(OWNER,)),
    "POST /api/v1/reviews/{review_id}/steps": Rule((COACH,), sends=STEPS, forbidden=(OWNER,)),
    "POST /api/v1/reviews/{review_id}/undo": Rule((COACH,), sends={"json": {"number": 1}}, forbidden=(OWNER,)),
    "POST /api/v1/reviews/{review_id}/redo": Rule((COACH,), sends={"json": {"number": 1}}, forbidden=(OWNER,)),
    "POST /api/v1/reviews/{review_id}/sign-off": Rule((COACH,), sends={"json": {"expected": 0}}, forbidden=(OWNER,)),
    "POST /api/v1/reviews/{review_id}/put-away": Rule((COACH,), forbidden=(OWNER,)),
    f"OPTIONS {UPLOADS}": Rule(SIGNED_IN),
    f"GET {UPLOADS}": Rule(SIGNED_IN),
    f"POST {UPLOADS}": Rule(SIGNED_IN, sends=NEW_UPLOAD),
    f"HEAD {UPLOADS}/{{resumable_id}}": Rule((OWNER,), forbidden=(COACH,)),
    f"GET {UPLOADS}/{{resumable_id}}": Rule((OWNER,), forbidden=(COACH,)),
    f"PATCH {UPLOADS}/{{resumable_id}}": Rule((OWNER,), sends=PIECE, forbidden=(COACH,)),
    f"POST {UPLOADS}/{{resumable_id}}/finish": Rule((OWNER,), refused=409, forbidden=(COACH,)),
    f"DELETE {UPLOADS}/{{resumable_id}}": Rule((OWNER,), forbidden=(COACH,)),
    f"GET {RECORDINGS}": Rule(SIGNED_IN),
    f"POST {RECORDINGS}": Rule(SIGNED_IN, sends={"json": BEGUN}),
    f"GET {RECORDINGS}/{{recording_id}}": Rule((OWNER,), forbidden=(COACH,)),
    f"PUT {RECORDINGS}/{{recording_id}}/chunks/{{number}}": Rule((OWNER,), sends=CHUNK, forbidden=(COACH,)),
    f"GET {RECORDINGS}/{{recording_id}}/parts/{{part}}": Rule((OWNER,), refused=404, forbidden=(COACH,)),
    f"POST {RECORDINGS}/{{recording_id}}/send": Rule((OWNER,), sends=SENT, forbidden=(COACH,)),
    f"DELETE {RECORDINGS}/{{recording_id}}": Rule((OWNER,), forbidden=(COACH,)),
}
