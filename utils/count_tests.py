"""Prints `N passed, N failed[, N skipped]` from lit's xunit file.

Fails where a test failed, none ran, or the file is not there (lit was killed).
"""

import sys
import xml.etree.ElementTree


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: count_tests.py RESULTS.xml")
    try:
        root = xml.etree.ElementTree.parse(sys.argv[1]).getroot()
    except (OSError, xml.etree.ElementTree.ParseError) as error:
        print(f"error: no test results: {error}", file=sys.stderr)
        print("0 passed, 1 failed")
        return 1
    cases = list(root.iter("testcase"))
    failed = sum(1 for case in cases if case.find("failure") is not None)
    skipped = sum(1 for case in cases if case.find("skipped") is not None)
    passed = len(cases) - failed - skipped
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
