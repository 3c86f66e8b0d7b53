#!/usr/bin/env python3
"""Counts the test cases of one `bazel test`, and ends with the line "N passed, N failed".

Usage: count_tests.py EVENTS EXIT_CODE <LABELS

EVENTS is the file written by --build_event_json_file, EXIT_CODE is Bazel's exit code, and LABELS are the tests
that should run, one per line. Cached results count like others. A test that did not build, crashed or timed out
counts as one failure, and so does a run that failed for any other reason. Exits with 1 on any failure.
"""

import json
import sys
import urllib.parse
import xml.etree.ElementTree


def read_events(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def test_cases(uri):
    """Yields (name, outcome) of each case in a test.xml. The outcome is passed, failed or skipped."""
    path = urllib.parse.unquote(urllib.parse.urlparse(uri).path)
    for case in xml.etree.ElementTree.parse(path).iter("testcase"):
        error = case.find("error")
        if error is not None:
            # Bazel writes this report if the test itself wrote none.
            yield error.get("message", "error"), "failed"
        elif case.find("failure") is not None:
            yield "{}.{}".format(case.get("classname"), case.get("name")), "failed"
        elif case.get("status") == "notrun" or case.get("result") in ("skipped", "suppressed"):
            yield case.get("name"), "skipped"
        else:
            yield case.get("name"), "passed"


def collect(events):
    """Returns the status and the test cases of each label, from its last attempt."""
    statuses, reports = {}, {}
    for event in events:
        summary = event["id"].get("testSummary")
        result = event["id"].get("testResult")
        if summary and "testSummary" in event:
            statuses[summary["label"]] = event["testSummary"]["overallStatus"]
        elif result and "testResult" in event:
            uris = [out["uri"] for out in event["testResult"].get("testActionOutput", []) if out["name"] == "test.xml"]
            reports[(result["label"], result.get("run"), result.get("shard"))] = uris
    cases = {}
    for (label, _, _), uris in reports.items():
        cases.setdefault(label, []).extend(case for uri in uris for case in test_cases(uri))
    return statuses, cases


def main():
    events, exit_code = read_events(sys.argv[1]), int(sys.argv[2])
    statuses, cases = collect(events)
    passed, failures = 0, []
    for label in sorted(set(sys.stdin.read().split()) | set(statuses)):
        outcomes = cases.get(label, [])
        failed = [name for name, outcome in outcomes if outcome == "failed"]
        passed += sum(outcome == "passed" for _, outcome in outcomes)
        if statuses.get(label) != "PASSED" and not failed:
            failed = [statuses.get(label, "not built").lower().replace("_", " ")]
        failures += ["{} {}".format(label, name) for name in failed]
    if exit_code and not failures:
        failures.append("bazel ended with exit code {}".format(exit_code))
    for failure in failures:
        print("FAILED", failure)
    print("{} passed, {} failed".format(passed, len(failures)), flush=True)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
