"""Replays the recorded cases against a cloud and says how its answers differ from AWS's.

`cargo xtask conformance` starts an embedded cloud and runs this; any other endpoint can be named as well."""

import argparse
import concurrent.futures
import sys
import time
import traceback
from pathlib import Path

import corpus
import policies
import replay
import report
from clients import Place
from compare import compare, compared


def main():
    options = arguments()
    begun = time.monotonic()
    cases = corpus.chosen(options.corpus, options.category, options.only, options.kind)
    cases = [case for case in cases if compared(case)]
    printed = policies.Printed(options.policies, options.endpoint) if options.policies else None
    if printed:
        # What is about roles and permissions themselves is judged with those that it makes.
        cases = [case for case in cases if case["kind"] in ("execution", "express_sync", "express_async")]
    reasons_against = corpus.distrusted(options.corpus)
    distrusted = {case["id"]: reasons_against[case["id"]] for case in cases if case["id"] in reasons_against}
    cases = [case for case in cases if case["id"] not in distrusted]
    if not cases:
        print("0 recorded cases were run: none is as asked.")
        return 0
    place = Place(options.endpoint)
    for service in sorted({step["op"].split(".")[0] for case in cases for step in case["steps"] if "op" in step}):
        place.client(service)
    replay.settle(place, cases)
    results = sorted(run_all(place, cases, options, printed), key=lambda result: result.id)
    reasons = corpus.explanations(options.explained) if options.explained else {}
    reasons = {name: reason for name, reason in reasons.items() if name not in reasons_against}
    whole = not (options.category or options.only or options.kind or printed)
    wrong = report.verdict(results, reasons, whole)
    missing = corpus.not_served(options.corpus) if whole else {}
    seconds = time.monotonic() - begun
    if options.json:
        print(report.for_machines(results, reasons, wrong, seconds, distrusted, missing))
    else:
        for text in report.for_people(results, reasons, wrong, seconds, distrusted, missing):
            print(text)
    if printed:
        print("printed policies: " + ", ".join(f"{count} {what}" for what, count in sorted(printed.count.items())))
    return 1 if wrong else 0


def run_all(place, cases, options, printed=None):
    together = corpus.longest_first([case for case in cases if not case.get("alone")])
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as threads:
        yield from threads.map(lambda case: run(place, case, options, printed), together)
    for case in (case for case in cases if case.get("alone")):
        replay.empty(place)
        yield run(place, case, options, printed)


def run(place, case, options, printed):
    try:
        replayed, seconds = replay.timed(place, case, options.patience, printed)
    except Exception:  # One case that cannot be replayed must not end the others.
        return report.Result(case, 0, [("", "a replay", traceback.format_exc(limit=-3))], [])
    try:
        return report.Result(case, seconds, compare(replayed), replayed.notes)
    finally:
        replayed.clean_up()


def arguments():
    parser = argparse.ArgumentParser(prog="cargo xtask conformance", description=__doc__.splitlines()[0])
    parser.add_argument("--endpoint", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--corpus", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--policies", metavar="PROGRAM", help="with the policies that this workshop prints of each definition")
    parser.add_argument("--category", metavar="C", help="only this category")
    parser.add_argument("--only", metavar="TEXT", help="only cases with this text in their id")
    parser.add_argument("--kind", metavar="K", help="only cases of this kind")
    parser.add_argument("--jobs", type=int, default=32, metavar="N", help="how many cases at once [default: 32]")
    parser.add_argument("--patience", type=float, default=90, metavar="S", help="seconds for one execution [default: 90]")
    parser.add_argument("--json", action="store_true", help="the result as JSON")
    parser.add_argument("--explained", type=Path, default=Path(__file__).with_name("explained.txt"), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
