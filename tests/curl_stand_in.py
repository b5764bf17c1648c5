"""The part of curl that the tour uses, for machines without it. An option that is not here ends with words and 2."""

import argparse
import sys
from pathlib import Path

import httpx


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="curl", allow_abbrev=False)
    parser.add_argument("-s", action="store_true")
    parser.add_argument("-S", action="store_true")
    parser.add_argument("--fail-with-body", action="store_true")
    parser.add_argument("-H", action="append", default=[])
    parser.add_argument("-d", action="append", default=[])
    parser.add_argument("-F", action="append", default=[])
    parser.add_argument("-u")
    parser.add_argument("-o")
    parser.add_argument("-D")
    parser.add_argument("-X")
    parser.add_argument("-w", default="")
    parser.add_argument("url")
    asked = parser.parse_args(arguments)
    sent: dict[str, object] = {"headers": dict(one.split(": ", 1) for one in asked.H)}
    if asked.u:
        sent["auth"] = tuple(asked.u.split(":", 1))
    if asked.d:
        sent["content"] = "&".join(asked.d)
        sent["headers"] = {"Content-Type": "application/x-www-form-urlencoded"} | sent["headers"]  # type: ignore[operator]
    if asked.F:
        sent["files"] = [_part(*one.split("=", 1)) for one in asked.F]
    method = asked.X or ("POST" if asked.d or asked.F else "GET")
    answer = httpx.request(method, asked.url, timeout=120, trust_env=False, **sent)  # type: ignore[arg-type]
    if asked.D:
        head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
        Path(asked.D).write_text(f"HTTP/1.1 {answer.status_code}\r\n{head}\r\n", newline="")
    if asked.o:
        Path(asked.o).write_bytes(answer.content)
    else:
        sys.stdout.buffer.write(answer.content)
    sys.stdout.write(asked.w.replace("%{http_code}", str(answer.status_code)).replace("\\n", "\n"))
    return 22 if asked.fail_with_body and answer.is_error else 0


def _part(name: str, value: str) -> tuple[str, tuple[str | None, bytes]]:
    if value.startswith("@"):
        return name, (value[1:], Path(value[1:]).read_bytes())
    return name, (None, value.encode())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
