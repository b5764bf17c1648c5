"""`evoke train` and `evoke evaluate`."""

import argparse
import logging
from pathlib import Path


def add_commands(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    train = subparsers.add_parser(
        "train",
        help="train the coder from files you name",
        description="Trains the linear coder or, with --encoder, the kind that ships. The authored corpus that ships "
        "with Evoke is used unless another is named; AnnoMI and PAIR are not shipped and are used where you name them. "
        "The demo's own are left out.",
    )
    train.add_argument("--annomi", type=Path, metavar="F", help="AnnoMI-full.csv, from github.com/uccollab/AnnoMI")
    train.add_argument("--pair", type=Path, metavar="F", help="PAIR as CSV, from github.com/MichiganNLP/dynaopt")
    train.add_argument("--authored", type=Path, metavar="DIR", help="a corpus folder instead of the one that ships")
    train.add_argument(
        "--own", type=Path, action="append", default=[], metavar="F",
        help="CSV of your own sessions as `evoke code` writes them, their codes checked by a person; may be repeated",
    )  # fmt: skip
    train.add_argument(
        "--hold-out", type=int, default=0, metavar="PERCENT",
        help="leave this share of your own sessions out of the training, for `evoke model compare`; usual: 20",
    )  # fmt: skip
    train.add_argument(
        "--seed", type=int, default=0, metavar="N", help="with --hold-out: decides which ones (usual: 0)"
    )
    train.add_argument("--out", type=Path, metavar="DIR", help="write the trained coder into this folder")
    train.add_argument("--report", action="store_true", help="print the figures on conversations left out of training")
    train.add_argument(
        "--encoder", action="store_true", help="encoder and linear model together: needs requirements-train.txt, hours"
    )
    train.add_argument(
        "--folds", default="0", metavar="N,N", help="folds that an encoder is left out of, to be measured"
    )
    train.add_argument(
        "--keep", type=Path, metavar="DIR", help="go on from here when a run with --encoder is broken off"
    )
    train.add_argument(
        "--teachers", type=int, default=0, metavar="N",
        help="with --encoder: N encoders for each fold answer what they had not seen, for the last one to learn from; "
        "the coder that ships had four. Each costs a training, so this is for a GPU",
    )  # fmt: skip
    train.set_defaults(run=_train)

    evaluate = subparsers.add_parser(
        "evaluate",
        help="score a coded file against gold",
        description="Compares two CSV files with the columns transcript_id,turn,utterance,speaker,text,code[,subtype].",
    )
    evaluate.add_argument("coded", type=Path, metavar="CODED", help="what the machine (or a second coder) said")
    evaluate.add_argument("gold", type=Path, metavar="GOLD", help="what is taken as right")
    evaluate.set_defaults(run=_evaluate)


def _train(arguments: argparse.Namespace) -> int:
    from coding.coder.held_out import HoldOut
    from coding.coder.train import NothingToDo, train, train_with_encoder
    from coding.corpus.load import AUTHORED

    if arguments.out is None and not arguments.report:
        raise NothingToDo("Name a folder with --out, or ask for the figures with --report, or both.")
    if not 0 <= arguments.hold_out <= 99:
        raise NothingToDo("With --hold-out name a whole number from 0 to 99: how many in a hundred are left out.")
    if arguments.hold_out and not arguments.own:
        raise NothingToDo("--hold-out leaves out some of your own sessions. Name their files with --own.")
    files = {
        "annomi": arguments.annomi, "pair": arguments.pair, "authored": arguments.authored or AUTHORED,
        "out": arguments.out, "own": arguments.own,
        "hold_out": HoldOut(arguments.hold_out, arguments.seed),
    }  # fmt: skip
    if arguments.encoder:
        logging.basicConfig(format="%(asctime)s %(message)s")
        logging.getLogger("coding").setLevel(logging.INFO)
        figures = train_with_encoder(
            **files, keep=arguments.keep, folds=_folds(arguments.folds), teachers=max(0, arguments.teachers)
        )
    else:
        figures = train(**files, report=arguments.report)
    for figure in figures:
        print(figure.line())
    if arguments.out is not None:
        print(f"The coder is in {arguments.out}.")
    return 0


def _folds(named: str) -> tuple[int, ...]:
    from coding.coder.train import NothingToDo

    found = {part.strip() for part in named.split(",")}
    if not found <= set("01234"):
        raise NothingToDo("Folds are named by numbers from 0 to 4 with commas between them, as in 0,1.")
    return tuple(sorted(map(int, found)))


def _evaluate(arguments: argparse.Namespace) -> int:
    from coding.coder.evaluate import evaluate

    print(evaluate(arguments.coded, arguments.gold).text())
    return 0
