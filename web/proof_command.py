"""`evoke proof`: telling whether a proof of deletion is genuine."""

import argparse
import json
from pathlib import Path
from typing import Any

from models.errors import EvokeError

SAID = {
    "genuine": "Genuine: this proof is whole, and this Evoke signed it.",
    "changed": "Changed: the signature does not fit. Somebody altered this file, or it is not complete.",
    "unknown_key": (
        "Whole, but signed by another key than this Evoke's. Compare its public_key with the one that whoever gave you "
        "the proof publishes, or give that key with --key."
    ),
    "no_proof": "This is no proof of deletion by Evoke.",
}


class ProofUnreadable(EvokeError):
    code = "proof_unreadable"


def add_command(commands: Any) -> None:
    proof = commands.add_parser("proof", help="check proofs of deletion")
    kinds = proof.add_subparsers(required=True, metavar="WHAT")
    check = kinds.add_parser("check", help="tell whether a proof is genuine")
    check.add_argument("file", type=Path, help="the proof as it was downloaded (JSON)")
    check.add_argument("--key", help="a public key to check against, instead of this installation's")
    check.set_defaults(run=_check)
    key = kinds.add_parser("key", help="print the public key that proofs are signed with")
    key.set_defaults(run=_key)


def _check(arguments: argparse.Namespace) -> int:
    """0 for a genuine proof, 1 for any other."""
    from models.proof import check_proof

    try:
        proof = json.loads(arguments.file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ProofUnreadable(f"{arguments.file} cannot be read as JSON ({type(error).__name__}).") from error
    verdict = check_proof(proof, known_keys={arguments.key} if arguments.key else _known_keys())
    print(SAID[verdict.value])
    return 0 if verdict.value == "genuine" else 1


def _known_keys() -> set[str]:
    from coding.proofs import known_proof_keys
    from models.database import Database
    from models.settings import get_settings

    settings = get_settings()
    with Database.of(settings).read() as session:
        return known_proof_keys(session, settings)


def _key(_arguments: argparse.Namespace) -> None:
    from models.master_key import load_master_key
    from models.proof import proof_key_of, public_text
    from models.settings import get_settings

    print(public_text(proof_key_of(load_master_key(get_settings()))))
