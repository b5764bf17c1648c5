"""The rules of an Open Badge 3.0, written as a JSON Schema from the tables of the specification (Open Badges 3.0,
appendix B; Verifiable Credentials Data Model 2.0; 1EdTech Revocation List Status Method 1.0).

It is stricter than the published schema: a member that no table names is an error. Each class is a list of its members
as `name`, what it is, and how many there may be: 1, ? (none or one), + (a list of one or more), * (a list)."""

from typing import Any

import jsonschema_rs

CONTEXTS = ("https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json")
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
_URI = r"^([a-z][a-z0-9+.-]*):[^\s<>\"{}|\\^`]+$"
_MOMENT = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"
PLAIN: dict[str, dict[str, Any]] = {
    "URI": {"type": "string", "pattern": _URI},
    "String": {"type": "string", "minLength": 1},
    "Boolean": {"type": "boolean"},
    "Float": {"type": "number"},
    "DateTimeZ": {"type": "string", "pattern": _MOMENT},
    "DateTime": {"type": "string", "pattern": _MOMENT},
    "IdentityHash": {"type": "string", "pattern": r"^(sha256\$[0-9a-f]{64}|md5\$[0-9a-f]{32})$"},
    "IdentifierType": {
        "enum": [
            "name", "sourcedId", "systemId", "productId", "userName", "accountId", "emailAddress",
            "nationalIdentityNumber", "isbn", "issn", "lisSourcedId", "oneRosterSourcedId", "sisSourcedId",
            "ltiContextId", "ltiDeploymentId", "ltiToolId", "ltiPlatformId", "ltiUserId", "identifier",
        ]
    },
    "AchievementType": {
        "enum": [
            "Achievement", "ApprenticeshipCertificate", "Assessment", "Assignment", "AssociateDegree", "Award", "Badge",
            "BachelorDegree", "Certificate", "CertificateOfCompletion", "Certification", "CommunityService",
            "Competency", "Course", "CoCurricular", "Degree", "Diploma", "DoctoralDegree", "Fieldwork", 
            "GeneralEducationDevelopment",
            "JourneymanCertificate", "LearningProgram", "License", "Membership", "ProfessionalDoctorate",
            "QualityAssuranceCredential", "MasterCertificate", "MasterDegree", "MicroCredential", "ResearchDoctorate",
            "SecondarySchoolDiploma",
        ]
    },
}  # fmt: skip
CLASSES = {
    "AchievementCredential": """
        @context Contexts 1, id URI 1, type CredentialTypes 1, name String 1, description String ?, image Image ?,
        issuer Profile 1, validFrom DateTimeZ 1, validUntil DateTimeZ ?, awardedDate DateTimeZ ?,
        credentialSubject AchievementSubject 1, credentialSchema CredentialSchema +,
        credentialStatus CredentialStatus ?, refreshService CredentialStatus ?""",
    "AchievementSubject": """
        id URI ?, type AchievementSubjectTypes 1, identifier IdentityObject +, activityStartDate DateTime ?,
        activityEndDate DateTime ?, achievement Achievement 1, creditsEarned Float ?, image Image ?,
        licenseNumber String ?, narrative String ?, role String ?, source Profile ?, term String ?""",
    "Achievement": """
        id URI 1, type AchievementTypes 1, achievementType AchievementType ?, creator Profile ?, criteria Criteria 1,
        creditsAvailable Float ?, description String 1, fieldOfStudy String ?, humanCode String ?, image Image ?,
        inLanguage String ?, name String 1, specialization String ?, tag String *, version String ?""",
    "Criteria": "id URI ?, narrative String ?",
    "Profile": """
        id URI 1, type ProfileTypes 1, name String ?, url URI ?, description String ?, image Image ?, email String ?,
        phone String ?, official String ?""",
    "IdentityObject": """
        type IdentityObjectType 1, hashed Boolean 1, identityHash IdentityHash 1, identityType IdentifierType 1,
        salt String ?""",
    "Image": "id URI 1, type ImageType 1, caption String ?",
    "CredentialSchema": "id URI 1, type String 1",
    "CredentialStatus": "id URI 1, type String 1",
    "RevocationList": "id URI 1, type RevocationListTypes ?, issuer URI 1, revokedCredentials Revoked *",
    "Revoked": "id URI 1, revoked Boolean ?, revocationReason String ?",
}


def _types(*named: str) -> dict[str, Any]:
    return {
        "type": "array", "uniqueItems": True, "items": {"type": "string"},
        "allOf": [{"contains": {"const": one}} for one in named],
    }  # fmt: skip


DEFINED: dict[str, dict[str, Any]] = {
    **PLAIN,
    "Contexts": {
        "type": "array", "prefixItems": [{"const": one} for one in CONTEXTS], "minItems": len(CONTEXTS),
        "contains": {"const": EXTENSIONS}, "items": {"$ref": "#/$defs/URI"},
    },
    "CredentialTypes": {
        **_types("VerifiableCredential"), "contains": {"enum": ["AchievementCredential", "OpenBadgeCredential"]}
    },
    "AchievementSubjectTypes": _types("AchievementSubject"),
    "AchievementTypes": _types("Achievement"),
    "ProfileTypes": _types("Profile"),
    "RevocationListTypes": _types("1EdTechRevocationList"),
    "IdentityObjectType": {"const": "IdentityObject"},
    "ImageType": {"const": "Image"},
}  # fmt: skip


def _member(kind: str, many: str) -> dict[str, Any]:
    one = {"$ref": f"#/$defs/{kind}"}
    return one if many in "1?" else {"type": "array", "items": one, "minItems": 1 if many == "+" else 0}


def _class(members: str) -> dict[str, Any]:
    rows = [one.split() for one in members.split(",")]
    return {
        "type": "object", "additionalProperties": False, "required": [name for name, _, many in rows if many in "1+"],
        "properties": {name: _member(kind, many) for name, kind, many in rows},
    }  # fmt: skip


def errors_of(value: Any, kind: str) -> list[str]:
    """What is wrong with it, as one of CLASSES; nothing where all is right."""
    defined = DEFINED | {name: _class(members) for name, members in CLASSES.items()}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": f"#/$defs/{kind}", "$defs": defined
    }  # fmt: skip
    found = jsonschema_rs.Draft202012Validator(schema).iter_errors(value)
    return [f"{'/'.join(map(str, one.instance_path))}: {one.message}" for one in found]
