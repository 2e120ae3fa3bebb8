"""The rules of comparing, each with an answer that fits and one that does not."""

import datetime
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace

import corpus
import report
from compare import compare
from references import References, at, packed
from replay import Failed, Replay, is_stopped_later, left_running

PLACE = SimpleNamespace(account="000000000000", region="us-east-1", endpoint="http://127.0.0.1:1")


def differences(expected, answer, **normalise):
    case = {
        "id": "a/b", "category": "a", "steps": [], "expected": {"key": expected},
        "collect": {"key": {"from": 1, "path": ""}}, "normalise": normalise,
    }
    replay = Replay(PLACE, case, 1)
    replay.answers[1] = answer
    return compare(replay)


class Comparing(unittest.TestCase):
    def same(self, expected, answer, **normalise):
        self.assertEqual(differences(expected, answer, **normalise), [])

    def other(self, expected, answer, *paths, **normalise):
        self.assertEqual([path for path, _, _ in differences(expected, answer, **normalise)], list(paths))

    def test_members_are_the_same(self):
        self.same({"a": [1, "x"]}, {"a": [1, "x"]})
        self.other({"a": 1}, {"a": 2}, "key/a")
        self.other({"a": 1}, {}, "key/a")
        self.other({}, {"a": 1}, "key/a")
        self.other([1, 2], [1], "key/1")
        self.other([1], [1, 2], "key/1")

    def test_a_number_has_its_type(self):
        self.other(1, 1.0, "key")
        self.other(1, True, "key")
        self.other("1", 1, "key")

    def test_texts_with_an_object_are_compared_as_objects(self):
        self.same({"a": {"b": 1}}, {"a": '{"b" : 1}'})
        self.same({"a": [{"b": {}}]}, {"a": [{"b": "{}"}]})
        self.other({"a": "[1, 2]"}, {"a": "[1,2]"}, "key/a")
        self.other({"a": [{}]}, {"a": ["{}"]}, "key/a/0")
        self.same({"a": {"b": "{}"}}, {"a": '{"b": "{}"}'})

    def test_masks_match_anything_but_nothing(self):
        self.same({"a": "timestamp"}, {"a": datetime.datetime.now()}, masks=["timestamp"])
        self.same({"a": "timestamp"}, {"a": {"b": 1}}, masks=["timestamp"])
        self.other({"a": "timestamp"}, {}, "key/a", masks=["timestamp"])

    def test_a_remembered_placeholder_is_one_text(self):
        self.same(["id <uuid:1>", "<uuid:1>"], ["id x", "x"])
        self.other(["id <uuid:1>", "<uuid:1>"], ["id x", "y"], "key/1")
        self.same(["<anything>", "<anything>"], ["x", "y"])
        self.same("<uuid:1>-<uuid:1>", "a-a")
        self.other("<uuid:1>-<uuid:1>", "a-b", "key")

    def test_place_and_binds_must_be_there(self):
        arn = "arn:aws:states:us-east-1:000000000000:stateMachine:x"
        self.same("arn:<partition>:states:<region>:111111111111:stateMachine:<name>", arn)
        self.other("arn:<partition>:states:<region>:111111111111:<sort>", "arn:aws:states:eu-west-1:000000000000:x", "key")
        self.same("the machine <M>", "the machine x", binds=[["x", "<M>"]])
        self.other("the machine <M>", "the machine y", "key", binds=[["x", "<M>"]])

    def test_dates_in_texts_are_dates(self):
        self.same("at date", "at 2026-01-02T03:04:05.678Z")
        self.other("at date", "at 2026-13-02T03:04:05Z", "key")

    def test_keys_follow_the_text_rules(self):
        self.same({"<name>": 1}, {"x": 1})
        self.same({"<region>": 1}, {"us-east-1": 1})

    def test_of_the_metadata_only_the_status_counts(self):
        metadata = {"HTTPStatusCode": 200, "RequestId": "x", "HTTPHeaders": {"a": "b"}}
        self.same({"ResponseMetadata": {"HTTPHeaders": {}, "HTTPStatusCode": 200}}, {"ResponseMetadata": metadata})

    def test_order_counts_unless_the_case_says_otherwise(self):
        self.other({"a": [1, 2]}, {"a": [2, 1]}, "key/a/0", "key/a/1")
        self.same({"a": [1, 2]}, {"a": [2, 1]}, unordered=["a"])
        self.other({"a": [1, 1]}, {"a": [1, 2]}, "key/a/1", unordered=["a"])
        self.same({"a": {"b": [1, 2]}}, {"a": {"b": [2, 1]}}, unordered_under=["a"])

    def test_members_that_are_parsed_or_removed(self):
        self.same({"a": "[1,2]"}, {"a": "[1, 2]"}, parse_json=["a"])
        self.same({"a": 1}, {"a": 1, "b": 2}, remove_keys=["b"])

    def test_events_inside_a_parallel_state_have_no_order(self):
        def event(number, kind, before=0):
            return {"id": number, "previousEventId": before, "type": kind}
        recorded = [
            event(1, "ParallelStateStarted"), event([0], "PassStateEntered"), event([0], "WaitStateEntered"),
            event(5, "ParallelStateExited", 4),
        ]
        answered = [
            event(1, "ParallelStateStarted"), event(2, "WaitStateEntered"), event(3, "PassStateEntered"),
            event(4, "ParallelStateSucceeded"), event(5, "ParallelStateExited", 4),
        ]
        self.same({"events": recorded}, {"events": answered}, parallel=True)
        answered[1]["type"] = "TaskStateEntered"
        self.assertTrue(differences({"events": recorded}, {"events": answered}, parallel=True))


class Collecting(unittest.TestCase):
    def test_errors_are_told_apart_from_answers(self):
        replay = Replay(PLACE, {"steps": [], "collect": {}}, 1)
        replay.answers.update({1: {"a": 1}, 2: Failed(ValueError("refused"))})
        self.assertEqual(replay.collect({"from": 1, "path": "/a"}), 1)
        self.assertEqual(replay.collect({"from": 2, "path": "!exc"}), "refused")
        self.assertEqual(replay.collect({"from": 2, "path": "!exc", "typename": True}), "ValueError")
        self.assertEqual(replay.collect({"from": 1, "path": "!"}), {"<no error>": {"a": 1}})
        self.assertEqual(replay.collect({"from": 2, "path": "/a"}), {"<error>": {"client": "ValueError"}})
        self.assertEqual(replay.collect({"list": [{"lit": "x"}, {"dict": {"b": {"from": 1, "path": ""}}}]}),
                         ["x", {"b": {"a": 1}}])

    def test_an_execution_that_was_left_running_is_not_waited_for(self):
        waiting, over = {"events": [{"type": "WaitStateEntered"}]}, {"events": [{"type": "ExecutionSucceeded"}]}
        self.assertEqual(left_running({"expected": {"history": waiting}}), 1)
        self.assertIsNone(left_running({"expected": {"one": waiting, "other": over}}))
        self.assertIsNone(left_running({"expected": {"answer": {"output": 1}}}))


    def test_the_end_of_an_execution_that_will_be_stopped_is_not_waited_for_long(self):
        wait = {"n": 6, "wait": "execution_ended", "executionArn": "{{5:/executionArn}}"}
        stop = {"n": 7, "op": "stepfunctions.StopExecution", "params": {"executionArn": "{{5:/executionArn}}"}}
        self.assertTrue(is_stopped_later({"steps": [wait, stop]}, wait))
        self.assertFalse(is_stopped_later({"steps": [wait, {**stop, "n": 5}]}, wait))
        self.assertFalse(is_stopped_later({"steps": [wait, {**stop, "params": {"executionArn": "e"}}]}, wait))


class Filling(unittest.TestCase):
    def test_references_stand_for_what_is_known_when_they_are_met(self):
        answers = {5: {"arn": "arn:a:b/c", "list": [1, 2], "text": '{"Token": "t"}'}}
        references = References(PLACE, answers)
        self.assertEqual(references.fill("{{5:/list}}"), [1, 2])
        self.assertEqual(references.fill("{{5:/list/-1}}"), 2)
        self.assertEqual(references.fill("to {{5:/arn#-1}}!"), "to c!")
        self.assertEqual(references.fill("{{5:/text|/Token}}"), "t")
        self.assertEqual(references.fill({"{{account}}": ["{{repeat:x:3}}"]}), {"000000000000": ["xxx"]})
        self.assertEqual(references.fill("{{endpoint}}"), "http://localhost:1")
        one = references.fill("{{uid:1}}")
        self.assertRegex(one, "^[a-f][0-9a-f]{7}$")
        self.assertEqual(references.fill("{{uid:1}}"), one)
        self.assertNotEqual(references.fill("{{uid:2}}"), one)

    def test_bytes_and_dates_have_markers(self):
        references = References(PLACE, {})
        self.assertEqual(references.fill({"$bytes": "x"}), b"x")
        self.assertEqual(references.fill({"$b64": "eA=="}), b"x")
        self.assertEqual(references.fill({"$dt": "2026-01-02T03:04:05+00:00"}).year, 2026)
        self.assertEqual(references.fill({"$zip": {"a.py": "x"}}), packed({"a.py": "x"}))

    def test_a_pointer_may_have_escapes(self):
        self.assertEqual(at({"a/b": {"~": 1}}, "/a~1b/~0"), 1)


class Choosing(unittest.TestCase):
    def test_the_test_of_a_state_needs_only_what_its_steps_call(self):
        steps = [{"op": "iam.CreateRole"}, {"op": "stepfunctions.TestState"}]
        case = {"kind": "test_state", "needs": ["apigateway", "iam", "stepfunctions"], "steps": steps}
        self.assertEqual(corpus.needed(case), {"iam", "stepfunctions"})
        self.assertEqual(corpus.needed({**case, "kind": "execution"}), {"apigateway", "iam", "stepfunctions"})

    def test_a_corpus_may_say_which_recordings_count_for_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(corpus.distrusted(folder), {})
            Path(folder, "distrusted.txt").write_text("# a note\na/one\tAWS got stuck\n\n")
            self.assertEqual(corpus.distrusted(folder), {"a/one": "AWS got stuck"})


class Explaining(unittest.TestCase):
    def test_reasons_stand_above_their_ids(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "explained.txt")
            path.write_text("# because\n# of this\na/one\na/two\n\n# and that\na/three\n")
            self.assertEqual(corpus.explanations(path),
                             {"a/one": "because of this", "a/two": "because of this", "a/three": "and that"})
            path.write_text("# because\n\na/one\n")
            with self.assertRaises(SystemExit):
                corpus.explanations(path)

    def test_what_is_listed_must_fail_and_what_fails_must_be_listed(self):
        def result(name, differences):
            case = {"id": name, "category": "a", "steps": [], "collect": {}}
            return report.Result(case, 0, differences, [])
        bad, good = result("a/bad", [("key", 1, 2)]), result("a/good", [])
        self.assertEqual(report.verdict([bad, good], {"a/bad": "why"}, True), [])
        self.assertEqual(len(report.verdict([bad, good], {}, True)), 1)
        self.assertEqual(len(report.verdict([bad, good], {"a/bad": "why", "a/good": "why"}, True)), 1)
        self.assertEqual(len(report.verdict([bad, good], {"a/bad": "why", "a/gone": "why"}, True)), 1)
        self.assertEqual(report.verdict([bad, good], {"a/bad": "why", "a/gone": "why"}, False), [])


if __name__ == "__main__":
    unittest.main()
