"""`evoke dpia`: the data-protection impact assessment of this installation, as a file."""

import argparse
import sys
from pathlib import Path


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    dpia = commands.add_parser("dpia", help="the data-protection impact assessment, from the actual settings")
    dpia.add_argument("--organisation", metavar="NAME", default="", help="whose it is (default: all that are here)")
    dpia.add_argument("--out", type=Path, metavar="FILE", help="ending in .html or .pdf (default: HTML on the output)")
    dpia.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> None:
    from models.settings import get_settings
    from training.dpia import build_dpia
    from web.render import render

    settings = get_settings()
    pack = build_dpia(settings, organisation=arguments.organisation or "all authorities of this installation")
    html = render("dpia_paper.html", nonce="", person=None, pack=pack)
    if arguments.out is None:
        sys.stdout.write(html)
    elif arguments.out.suffix.lower() == ".pdf":
        from web.paper import as_pdf

        arguments.out.write_bytes(as_pdf(html))
    else:
        arguments.out.write_text(html, encoding="utf-8")
