"""Proofs of deletion: what went, when and why, signed with an Ed25519 key that is derived from the master key.

The signature is over the document without `signature`, as JSON with sorted keys and no spaces (UTF-8).
"""

import base64
import binascii
import json
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from models.cipher import derived_key

FORMAT = "evoke deletion proof 1"
_PURPOSE = "deletion proofs"


class Verdict(StrEnum):
    """`UNKNOWN_KEY`: whole, but signed by none of the keys given, so perhaps by somebody else."""

    GENUINE = "genuine"
    CHANGED = "changed"
    UNKNOWN_KEY = "unknown_key"
    NO_PROOF = "no_proof"


def proof_key_of(master: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derived_key(master, purpose=_PURPOSE, record_id=UUID(int=0)))


def public_text(key: Ed25519PrivateKey) -> str:
    """Base64 of the 32 bytes."""
    return base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def sign_proof(document: Mapping[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    signed = {"format": FORMAT, **document, "public_key": public_text(key)}
    return {**signed, "signature": base64.b64encode(key.sign(_bytes(signed))).decode()}


def check_proof(proof: object, *, known_keys: Collection[str]) -> Verdict:
    """`known_keys` are public keys as in `public_text`."""
    if not isinstance(proof, Mapping) or proof.get("format") != FORMAT:
        return Verdict.NO_PROOF
    unsigned = {name: value for name, value in proof.items() if name != "signature"}
    try:
        public = Ed25519PublicKey.from_public_bytes(_decoded(proof.get("public_key")))
        public.verify(_decoded(proof.get("signature")), _bytes(unsigned))
    except (InvalidSignature, ValueError):
        return Verdict.CHANGED
    return Verdict.GENUINE if proof["public_key"] in known_keys else Verdict.UNKNOWN_KEY


def _decoded(text: object) -> bytes:
    """Raises ValueError."""
    if not isinstance(text, str):
        raise ValueError("not text")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error


def _bytes(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")
