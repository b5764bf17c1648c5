"""Routes for other systems, and the pages on which they are connected."""

from typing import Any

from tests.contract.rule import ADMINISTRATOR, ADMINISTRATORS, CLIENT, CONTENT, EVERYBODY, HOOK, NO_ID, PEOPLE, Rule

LTI_PLATFORM = {
    "name": "Learning", "issuer": "https://lms.example.org", "client_id": "evoke", "match": "sign_in",
    "scores": "completion",
    **dict.fromkeys(("authorization_endpoint", "token_endpoint", "jwks_uri"), "https://lms.example.org/x"),
}  # fmt: skip
LRS = {"endpoint": "https://lrs.example.org/xapi", "key": "k", "secret": "s", "actor_form": "pseudonym"}
SCIM = "/scim/v2"
NEW_USER = {"userName": "nia.scim@example.org", "displayName": "Nia Scim"}
LEFT = {"Operations": [{"op": "Replace", "path": "active", "value": "False"}]}
RENAMED = {"Operations": [{"op": "replace", "value": {"displayName": "Renamed by SCIM"}}]}


def scim(sent: dict[str, Any] | None = None, refused: int | None = None) -> Rule:
    """For programs; a person hears that it is not for them."""
    return Rule((CLIENT,), sends={"json": sent} if sent else {}, refused=refused, forbidden=PEOPLE)


RULES: dict[str, Rule] = {
    **{
        f"GET {SCIM}{path}": scim()
        for path in ("/ServiceProviderConfig", "/ResourceTypes", "/Schemas", "/Users", "/Groups")
    },
    f"GET {SCIM}/ResourceTypes/{{name}}": scim(refused=404),
    f"GET {SCIM}/Schemas/{{urn}}": scim(refused=404),
    f"POST {SCIM}/Bulk": scim({"Operations": []}, refused=501),
    f"POST {SCIM}/.search": scim({"count": 1}, refused=501),
    f"POST {SCIM}/Users/.search": scim({"count": 1}),
    f"POST {SCIM}/Users": scim(NEW_USER),
    f"GET {SCIM}/Users/{{user_id}}": scim(),
    f"PUT {SCIM}/Users/{{user_id}}": scim({**NEW_USER, "userName": "nia.put@example.org"}),
    f"PATCH {SCIM}/Users/{{user_id}}": scim(LEFT),
    f"DELETE {SCIM}/Users/{{user_id}}": scim(),
    f"POST {SCIM}/Groups/.search": scim({"count": 1}),
    f"POST {SCIM}/Groups": scim({"displayName": "Made by SCIM"}),
    f"GET {SCIM}/Groups/{{group_id}}": scim(),
    f"PUT {SCIM}/Groups/{{group_id}}": scim({"displayName": "Put by SCIM"}),
    f"PATCH {SCIM}/Groups/{{group_id}}": scim(RENAMED),
    f"DELETE {SCIM}/Groups/{{group_id}}": scim(),
    "GET /connections/scim": Rule(ADMINISTRATORS),
    "POST /connections/scim/token": Rule(ADMINISTRATORS, {"days": "365"}),
    "POST /connections/scim/older-tokens/end": Rule(ADMINISTRATORS),
    "POST /connections/scim/end": Rule(ADMINISTRATORS),
    "POST /connections/scim/test": Rule(ADMINISTRATORS, {"user_name": "olu.owner@example.org"}),
    "POST /connections/scim/groups": Rule(ADMINISTRATORS, {"group": "Evoke leads", "role": "lead"}),
    "POST /connections/scim/groups/remove": Rule(ADMINISTRATORS, {"group_id": NO_ID}, refused=404),
    "GET /connections": Rule(ADMINISTRATORS),
    "GET /connections/webhooks": Rule(ADMINISTRATORS),
    "GET /connections/webhooks/new": Rule(ADMINISTRATORS),
    "POST /connections/webhooks": Rule(ADMINISTRATORS, HOOK),
    "GET /connections/webhooks/{webhook_id}": Rule((ADMINISTRATOR,)),
    "POST /connections/webhooks/{webhook_id}": Rule((ADMINISTRATOR,), HOOK),
    "POST /connections/webhooks/{webhook_id}/test": Rule((ADMINISTRATOR,)),
    "POST /connections/webhooks/{webhook_id}/redeliver": Rule((ADMINISTRATOR,), {"hours": "1"}),
    "POST /connections/webhooks/{webhook_id}/secret": Rule((ADMINISTRATOR,)),
    "POST /connections/webhooks/{webhook_id}/old-secret/end": Rule((ADMINISTRATOR,)),
    "POST /connections/webhooks/{webhook_id}/pause": Rule((ADMINISTRATOR,)),
    "POST /connections/webhooks/{webhook_id}/resume": Rule((ADMINISTRATOR,)),
    "POST /connections/webhooks/{webhook_id}/remove": Rule((ADMINISTRATOR,)),
    "GET /api-clients": Rule(ADMINISTRATORS),
    "GET /api-clients/new": Rule(ADMINISTRATORS),
    "POST /api-clients": Rule(ADMINISTRATORS, {"name": "Portal", "scopes": "add_session", "days": "90"}),
    "POST /api-clients/{client_id}/renew": Rule((ADMINISTRATOR,), {"days": "90"}),
    "POST /api-clients/{client_id}/revoke": Rule((ADMINISTRATOR,)),
    "GET /connections/lti": Rule(ADMINISTRATORS),
    "POST /connections/lti/invite": Rule(ADMINISTRATORS),
    "POST /connections/lti/key": Rule(ADMINISTRATORS),
    "GET /connections/lti/new": Rule(ADMINISTRATORS),
    "POST /connections/lti": Rule(ADMINISTRATORS, LTI_PLATFORM),
    "GET /connections/lti/{platform_id}": Rule((ADMINISTRATOR,)),
    "GET /connections/lti/{platform_id}/change": Rule((ADMINISTRATOR,)),
    "POST /connections/lti/{platform_id}/change": Rule((ADMINISTRATOR,), LTI_PLATFORM | {"client_id": "changed"}),
    "POST /connections/lti/{platform_id}/test": Rule((ADMINISTRATOR,)),
    "POST /connections/lti/{platform_id}/allow": Rule((ADMINISTRATOR,), {"deployment": "refused-1"}),
    "POST /connections/lti/{platform_id}/send-anew": Rule((ADMINISTRATOR,)),
    "POST /connections/lti/{platform_id}/end": Rule((ADMINISTRATOR,)),
    "POST /connections/lti/{platform_id}/courses/{course_id}": Rule((ADMINISTRATOR,), refused=404),
    "GET /lti/login": Rule(EVERYBODY, refused=401),
    "POST /lti/login": Rule(EVERYBODY, refused=401),
    "GET /lti/login/{organisation_id}": Rule(EVERYBODY, refused=401),
    "POST /lti/login/{organisation_id}": Rule(EVERYBODY, refused=401),
    "POST /lti/launch": Rule(EVERYBODY, refused=401),
    "POST /lti/open": Rule(EVERYBODY, {"ticket": "none"}, refused=404),
    "GET /lti/link": Rule(PEOPLE, refused=404),
    "POST /lti/link": Rule(PEOPLE, refused=404),
    "POST /lti/choose": Rule(EVERYBODY, {"ticket": "none"}, refused=404),
    "GET /lti/register/{secret}": Rule(EVERYBODY, refused=404),
    "POST /lti/register/{secret}": Rule(EVERYBODY, refused=404),
    "GET /lti/keys/{organisation_id}": Rule(EVERYBODY),
    "GET /lti/configuration/{organisation_id}": Rule(EVERYBODY),
    "GET /connections/xapi": Rule(ADMINISTRATORS),
    "POST /connections/xapi": Rule(ADMINISTRATORS, LRS),
    "POST /connections/xapi/test": Rule(ADMINISTRATORS),
    "POST /connections/xapi/pause": Rule(ADMINISTRATORS, {"paused": "yes"}, refused=409),
    "POST /connections/xapi/again": Rule(ADMINISTRATORS, refused=409),
    "POST /connections/xapi/end": Rule(ADMINISTRATORS),
    "GET /connections/badges": Rule(ADMINISTRATORS),
    "POST /connections/badges/key": Rule(ADMINISTRATORS),
    "GET /connections/scorm": Rule(CONTENT),
    "POST /connections/scorm": Rule(CONTENT, {"module": "spirit-of-mi", "form": "scorm-1.2"}),
    "POST /connections/scorm-end": Rule(CONTENT),
    "GET /connections/scorm/cmi5/{name}": Rule(CONTENT, refused=404),
    "GET /connections/cmi5": Rule(ADMINISTRATORS),
    "POST /connections/cmi5": Rule(ADMINISTRATORS, {"name": "Learning", "endpoint": "https://lms.example.org/xapi"}),
    "POST /connections/cmi5/links/{link_id}/undo": Rule(ADMINISTRATORS, refused=404),
    "POST /connections/cmi5/{system_id}/test": Rule((ADMINISTRATOR,)),
    "POST /connections/cmi5/{system_id}/end": Rule((ADMINISTRATOR,)),
    "GET /cmi5/modules/{module}": Rule(PEOPLE, refused=422),
    "POST /cmi5/modules/{module}": Rule(PEOPLE, refused=422),
    "POST /cmi5/end": Rule(PEOPLE, refused=404),
    "GET /cmi5/ended/{launch_id}": Rule(PEOPLE, refused=404),
    "GET /courses/open": Rule(PEOPLE, refused=404),
    "POST /courses/open": Rule(PEOPLE, {"package": "p", "launch": "l"}, refused=404),
    "GET /courses/launches/{secret}": Rule(EVERYBODY, refused=404),
    "GET /xapi/profile": Rule(EVERYBODY),
    "GET /xapi/profile/{part:path}": Rule(EVERYBODY),
    "GET /parent-writer": Rule(ADMINISTRATORS),
    "POST /parent-writer/test": Rule(ADMINISTRATORS),
    "POST /parent-writer": Rule(ADMINISTRATORS, {"address": "https://models.example.org/v1", "model": "m"}),
    "POST /parent-writer/end": Rule(ADMINISTRATORS),
}
