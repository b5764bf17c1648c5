"""Sends a statement of every kind, by the product's own client, to a real learning record store: says what it answers.

Not a test of `make test`: it needs a store that somebody runs, such as Ralph (MIT, `ralph-malph` on PyPI, in an
environment of its own, with its file backend):

    python -m tests.training.xapi.against_a_store http://127.0.0.1:8100/xAPI KEY SECRET
"""

import sys
import uuid

from models.settings import Settings
from tests.training.xapi.test_statements import AGENTS, NAMED, PERSON, every, happened
from training.xapi import statements as make
from training.xapi.lrs import Answer, Store, basic


def main(endpoint: str, key: str, secret: str) -> int:
    settings = Settings(_env_file=None, outgoing_allowed="127.0.0.0/8")  # type: ignore[call-arg]
    store = Store(endpoint, basic(key, secret), settings)
    print("about:", *store.about())
    sent = [one for agent in AGENTS for one in every(agent)] + [make.connection_test(happened(), NAMED, PERSON)]
    sent = [{**one, "id": str(uuid.uuid4())} for one in sent]
    said = store.send(sent)
    print(f"{len(sent)} statements:", said)
    print("one of them again:", store.send(sent[:1]), "; it has it:", store.has(sent[0]))
    other = {**sent[0], "verb": sent[1]["verb"]}
    print("another under its number:", store.send([other]), "; it has it:", store.has(other))
    print("a wrong secret:", Store(endpoint, basic(key, "wrong"), settings).send(sent[:1]))
    return 0 if said.answer is Answer.TAKEN and store.has(sent[0]) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
