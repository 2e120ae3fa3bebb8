"""Our Runtime API client for Python alone: what AWS's does not have, and what cannot be compared with it.

Run: `python3 tests/clients/python_runtime/test_client.py [-v] [TestName]`, with any Python from 3.8 on; it needs nothing else."""

import json
import socket
import subprocess
import threading
import unittest

from cases import event
from clients import CLIENT, COMMANDS, HERE, Case, environment, run

PROVIDED = {"WORKSHOP_PYTHON_MODULES": str(HERE / "provided")}


def ours(handler, events, environment=None):
    return run("ours", Case(handler, handler, events, PROVIDED if environment is None else environment, task_root="own"))


def answers(outcome):
    return [json.loads(post.body) for post in outcome.posts]


class Modules(unittest.TestCase):
    def test_the_functions_own_are_first_and_the_provided_last(self):
        self.assertEqual(answers(ours("needs.handler", [event({"import": ["six", "boto3"]})])), [["own", "provided"]])
        path = answers(ours("needs.path", [event(1)]))[0]
        self.assertEqual([path[0], path[-1]], [str(HERE / "own"), str(HERE / "provided")])
        self.assertEqual([entry for entry in path if entry.endswith("-packages") or str(CLIENT) in entry], [])

    def test_the_variable_is_the_runtimes(self):
        self.assertEqual(answers(ours("needs.variables", [event(1)])), [[]])

    def test_an_empty_variable_means_no_folder(self):
        path = answers(ours("needs.path", [event(1)], {"WORKSHOP_PYTHON_MODULES": ""}))[0]
        self.assertEqual([entry for entry in path if not entry or entry.endswith("-packages")], [])

    def test_without_the_variable_the_machines_own_are_found(self):
        outcome = ours("needs.path", [event(1)], {})
        self.assertTrue(any(entry.endswith("-packages") for entry in answers(outcome)[0]), outcome)

    def test_a_missing_one_is_lambdas_error_and_a_hint(self):
        nowhere = {"WORKSHOP_PYTHON_MODULES": "/nowhere"}
        outcome = ours("needs_boto3.handler", [event(1)], nowhere)
        self.assertEqual([post.path for post in outcome.posts], ["init/error"])
        self.assertEqual(answers(outcome), [{
            "errorMessage": "Unable to import module 'needs_boto3': No module named 'boto3'",
            "errorType": "Runtime.ImportModuleError", "requestId": "", "stackTrace": [],
        }])
        self.assertIn("\nworkshop: Lambda provides the Python module boto3, and this machine's Python", outcome.output)
        self.assertEqual(outcome.exit_status, 1)
        late = ours("needs.handler", [event({"import": ["dateutil.parser"]}), event({"import": ["nonsense"]})], nowhere)
        self.assertEqual([one["errorMessage"] for one in answers(late)], ["No module named 'dateutil'", "No module named 'nonsense'"])
        self.assertEqual(late.output.count("workshop: Lambda provides"), 1, late.output)
        self.assertIn("-m pip install python-dateutil)", late.output)

    def test_a_start_imports_none_of_the_slow_modules(self):
        slow = ["decimal", "http", "inspect", "json", "logging", "re", "socket", "threading", "traceback"]
        self.assertEqual(answers(ours("needs.handler", [event({"loaded": slow})])), [dict.fromkeys(slow, False)])


class Connection(unittest.TestCase):
    def test_a_functions_default_timeout_is_not_the_runtimes(self):
        outcome = ours("impatient.handler", [event(1), event(2, delay_ms=100)])
        self.assertEqual([answers(outcome), outcome.exit_status], [[1, 2], None], outcome.output)

    def test_threads_and_signals_go_on_while_it_waits(self):
        outcome = ours("threads.handler", [event(1), event(2)])
        self.assertEqual([answers(outcome), outcome.exit_status], [[True, True], None], outcome.output)
        self.assertEqual(outcome.output.count("caught 15"), 2)

    def test_a_connection_that_was_closed_while_idle_is_made_anew(self):
        outcome = ours("impatient.handler", [event(1, closes=True), event(2, closes=True), event(3)])
        self.assertEqual(answers(outcome), [1, 2, 3], outcome.output)

    def test_without_a_runtime_api_it_ends_and_says_why(self):
        closed = socket.create_server(("127.0.0.1", 0))
        address = "127.0.0.1:%d" % closed.getsockname()[1]
        closed.close()
        ended = self.against(address)
        self.assertEqual(ended.returncode, 1)
        self.assertIn("ConnectionRefusedError", ended.stderr)

    def test_an_answer_cut_short_ends_it(self):
        server = socket.create_server(("127.0.0.1", 0))

        def serve():
            connection, _ = server.accept()
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
            connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        ended = self.against("127.0.0.1:%d" % server.getsockname()[1])
        thread.join()
        server.close()
        self.assertIn("ended in the middle of an answer", ended.stderr)
        self.assertEqual(ended.returncode, 1)

    def against(self, address):
        class Api:
            pass

        Api.address = address
        variables = environment(Case("alone", "needs.handler", [], PROVIDED, task_root="own"), Api)
        return subprocess.run(COMMANDS["ours"], env=variables, cwd=HERE / "own", capture_output=True, text=True, timeout=60)


if __name__ == "__main__":
    unittest.main()
