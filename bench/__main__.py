"""`python -m bench [NAME …]`: runs one benchmark, or all of them."""

import importlib
import sys

NAMES = ("live", "growth", "votes", "together", "mail", "storm", "pages", "queries", "projects", "media")


def main(asked: list[str]) -> int:
    unknown = [name for name in asked if name not in NAMES]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}; there are: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    for name in asked or NAMES:
        importlib.import_module(f"bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
