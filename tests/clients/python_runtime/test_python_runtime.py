"""Compares our Runtime API client for Python with AWS's own, `awslambdaric`: the same functions and events, answers and log lines.

Run: `target/python/bin/python tests/clients/python_runtime/test_python_runtime.py [-v] [TestName]`, with a Python that has
`awslambdaric` (tests/requirements.txt). Each case is one process of each client, on the Python that runs the tests."""

import concurrent.futures
import unittest

import cases
from clients import masked, run


def post_shown(post, task_root):
    try:
        text = post.body.decode()
    except UnicodeDecodeError:
        # AWS's client sends the error of an initialisation as Latin-1. Ours sends UTF-8, which is what JSON is.
        text = post.body.decode("latin-1") if post.path == "init/error" else post.body.decode("utf-8", "backslashreplace")
    return [post.path, sorted(post.headers.items()), masked(text, task_root)]


class Comparison(unittest.TestCase):
    maxDiff = 4000

    def compare(self, group):
        for case in cases.GROUPS[group]():
            with self.subTest(case=case.name):
                with concurrent.futures.ThreadPoolExecutor() as pool:
                    ours, theirs = pool.map(run, ("ours", "awslambdaric"), (case, case))
                self.same(case, ours, theirs)

    def same(self, case, ours, theirs):
        root = case.task_root
        for number, (our_post, their_post) in enumerate(zip(ours.posts, theirs.posts)):
            what = case.events[number].body[:80]
            self.assertEqual(post_shown(our_post, root), post_shown(their_post, root), f"answer to {what!r}")
        self.assertEqual(ours.exit_status, theirs.exit_status, ours.output[-2000:] + theirs.output[-2000:])
        self.assertEqual(len(ours.posts), len(theirs.posts))
        self.assertEqual(masked(ours.output, root), masked(theirs.output, root))
        shown = [[(kind, masked(text, root)) for kind, text in outcome.frames] for outcome in (ours, theirs)]
        self.assertEqual(shown[0], shown[1])
        # The comparison is of something.
        self.assertTrue(theirs.posts or theirs.output or theirs.exit_status is not None)

    def test_results(self):
        self.compare("results")

    def test_failures(self):
        self.compare("failures")

    def test_inputs(self):
        self.compare("inputs")

    def test_contexts(self):
        self.compare("contexts")

    def test_logs(self):
        self.compare("logs")

    def test_initialisations(self):
        self.compare("initialisations")


if __name__ == "__main__":
    unittest.main()
