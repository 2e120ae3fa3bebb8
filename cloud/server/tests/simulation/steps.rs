//! The steps that workflows are made of.

use serde_json::{Map, Value, json};

use crate::draw::Draw;
use crate::language::Language;
use crate::workflow::{Maker, go};

/// Nothing takes so long but what is to time out.
const LONG_S: u64 = 50_000;

type States = Map<String, Value>;

impl Maker<'_> {
    /// Adds one step: its first state has the name, and its last goes on as given.
    pub(crate) fn step(&mut self, states: &mut States, name: &str, next: Option<&str>) {
        let inner = self.depth < 2;
        match (self.draw.below(if inner { 14 } else { 9 }), self.is_express) {
            (0, _) => self.pass(states, name, next),
            (1, _) => self.choice(states, name, next),
            (2, _) => self.repeat(states, name, next),
            (3 | 4, _) => self.wait(states, name, next),
            (5 | 6, _) => self.function(states, name, next),
            (7, false) => self.activity(states, name, next),
            (8, false) => self.token(states, name, next),
            (7 | 8, true) => self.function(states, name, next),
            (9 | 10, _) => self.parallel(states, name, next),
            (11, _) => self.map(states, name, next, false),
            (12, false) => self.map(states, name, next, true),
            (13, false) => self.child(states, name, next),
            _ => self.pass(states, name, next),
        }
    }

    fn pass(&mut self, states: &mut States, name: &str, next: Option<&str>) {
        let mut state = json!({"Type": "Pass"});
        self.language.grow(&mut state, self.draw.below(10), None);
        go(&mut state, next);
        states.insert(name.to_owned(), state);
    }

    /// One of two ways, by `n`.
    fn choice(&mut self, states: &mut States, name: &str, next: Option<&str>) {
        let ways = [self.name(), self.name()];
        let least = self.draw.below(100);
        let rule = match self.language {
            Language::JsonPath => json!({"Variable": "$.n", "NumericGreaterThan": least, "Next": ways[0]}),
            Language::Jsonata => json!({"Condition": format!("{{% $states.input.n > {least} %}}"), "Next": ways[0]}),
        };
        states.insert(name.to_owned(), json!({"Type": "Choice", "Choices": [rule], "Default": ways[1]}));
        self.pass(states, &ways[0], next);
        match self.may_fail && self.draw.once_in(4) {
            true => {
                (self.can_fail, self.is_cut_short) = (true, self.is_cut_short || self.depth > 0);
                states.insert(ways[1].clone(), json!({"Type": "Fail", "Error": "Chosen", "Cause": "so"}));
            }
            false => self.pass(states, &ways[1], next),
        }
    }

    /// A loop of a few rounds.
    fn repeat(&mut self, states: &mut States, name: &str, next: Option<&str>) {
        let [body, test, end] = [self.name(), self.name(), self.name()];
        let mut begin = json!({"Type": "Pass"});
        self.language.grow(&mut begin, 0, Some("0"));
        go(&mut begin, Some(&body));
        states.insert(name.to_owned(), begin);
        let mut round = json!({"Type": "Pass"});
        self.language.grow(&mut round, 1, Some("States.MathAdd({i}, 1)"));
        go(&mut round, Some(&test));
        states.insert(body.clone(), round);
        let rounds = *self.draw.one_of(&[2, 5, 12]);
        let rule = match self.language {
            Language::JsonPath => json!({"Variable": "$.i", "NumericLessThan": rounds, "Next": body}),
            Language::Jsonata => json!({"Condition": format!("{{% $states.input.i < {rounds} %}}"), "Next": body}),
        };
        states.insert(test, json!({"Type": "Choice", "Choices": [rule], "Default": end}));
        self.pass(states, &end, next);
    }

    fn wait(&mut self, states: &mut States, name: &str, next: Option<&str>) {
        let seconds = *self.draw.one_of(&[0, 1, 1, 5, 60, self.draw.below(300)]);
        let mut state = json!({"Type": "Wait"});
        match self.draw.below(if self.is_express { 1 } else { 3 }) {
            0 => state["Seconds"] = json!(if self.is_express { seconds.min(20) } else { seconds }),
            1 => {
                let minute = self.draw.below(60);
                state["Timestamp"] = json!(format!("2026-01-01T00:{minute:02}:{:02}.500Z", self.draw.below(60)));
            }
            _ => match self.language {
                Language::JsonPath => state["SecondsPath"] = json!("$.n"),
                Language::Jsonata => state["Seconds"] = json!("{% $states.input.n %}"),
            },
        }
        go(&mut state, next);
        states.insert(name.to_owned(), state);
    }

    /// A function that answers, fails a few times, fails for ever, or hangs.
    fn function(&mut self, states: &mut States, name: &str, next: Option<&str>) {
        let kind = self.draw.below(8);
        let takes_ms = *self.draw.one_of(&[0, 0, 10, 1_000, self.draw.below(4_000)]);
        let plan =
            json!({"fails": match kind { 0 | 1 => 2, 2 | 3 => 99, _ => 0 }, "hangs": kind == 4, "takes_ms": takes_ms});
        let question = self.language.question(&plan, false);
        let mut state = json!({"Type": "Task", "TimeoutSeconds": LONG_S});
        match (self.draw.once_in(2), self.language) {
            (true, language) => {
                state["Resource"] = json!(self.callees.function);
                language.arguments(&mut state, question);
            }
            (false, language) => {
                state["Resource"] = json!("arn:aws:states:::lambda:invoke");
                let arguments = json!({"FunctionName": self.callees.function, "Payload": question});
                language.arguments(&mut state, arguments);
                match language {
                    Language::JsonPath => state["OutputPath"] = json!("$.Payload"),
                    Language::Jsonata => state["Output"] = json!("{% $states.result.Payload %}"),
                }
            }
        }
        match kind {
            0 | 1 => {
                let seconds = self.draw.between(1, 20);
                state["Retry"] = json!([{"ErrorEquals": ["Oops"], "IntervalSeconds": seconds, "MaxAttempts": 3}]);
            }
            2 | 3 => self.may_be_caught(states, &mut state, next, "Oops"),
            4 => {
                state["TimeoutSeconds"] = json!(self.draw.between(1, 30));
                self.may_be_caught(states, &mut state, next, "States.Timeout");
            }
            _ => {}
        }
        go(&mut state, next);
        states.insert(name.to_owned(), state);
    }

    /// A failure that is certain: it is caught, or ends the flow where that may be. Now and then it is tried again before.
    fn may_be_caught(&mut self, states: &mut States, state: &mut Value, next: Option<&str>, error: &str) {
        if self.draw.once_in(3) {
            state["Retry"] = json!([{"ErrorEquals": [error], "IntervalSeconds": 2, "MaxAttempts": 1}]);
        }
        if self.may_fail && self.draw.once_in(2) {
            (self.can_fail, self.is_cut_short) = (true, self.is_cut_short || self.depth > 0);
            return;
        }
        let restored = self.name();
        self.language.catch(state, &restored);
        let mut pass = self.language.restored("States.MathAdd($.n, 7)");
        go(&mut pass, next);
        states.insert(restored, pass);
    }

    /// A task for a worker. One that a worker was given in the moment of a crash is lost with it, as on AWS: it times out and is
    /// tried again.
    fn activity(&mut self, states: &mut States, name: &str, next: Option<&str>) {
        let plan = json!({"takes_ms": *self.draw.one_of(&[0, 10, 1_000, 15_000]), "beats": self.draw.once_in(3)});
        let mut state = json!({"Type": "Task", "Resource": self.callees.activity, "TimeoutSeconds": 600, "HeartbeatSeconds": 300,
            "Retry": [{"ErrorEquals": ["States.Timeout"], "IntervalSeconds": 1, "MaxAttempts": 99, "BackoffRate": 1.0}]});
        self.language.arguments(&mut state, self.language.question(&plan, false));
        go(&mut state, next);
        states.insert(name.to_owned(), state);
    }

    /// A task token that is answered with success or failure, or never.
    fn token(&mut self, states: &mut States, name: &str, next: Option<&str>) {
        let kind = self.draw.below(6);
        let plan = json!({"token": match kind { 0 => "fails", 1 => "never", _ => "succeeds" },
            "takes_ms": *self.draw.one_of(&[0, 100, 5_000, 200_000])});
        let question = self.language.question(&plan, true);
        let mut state = json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken"});
        self.language.arguments(&mut state, json!({"FunctionName": self.callees.function, "Payload": question}));
        match kind {
            0 => self.may_be_caught(states, &mut state, next, "Oops"),
            1 => {
                state["HeartbeatSeconds"] = json!(self.draw.between(1, 60));
                self.may_be_caught(states, &mut state, next, "States.HeartbeatTimeout");
            }
            _ => {}
        }
        go(&mut state, next);
        states.insert(name.to_owned(), state);
    }

    fn parallel(&mut self, states: &mut States, name: &str, next: Option<&str>) {
        let count = self.draw.between(2, 3);
        let failing = self.draw.below(count);
        let is_caught = !self.may_fail || self.draw.once_in(2);
        let mut can_fail = false;
        let branches = (0..count).map(|branch| {
            let (flow, fails) = self.inner(branch == failing && self.draw.once_in(3));
            can_fail |= fails;
            Value::Object(flow)
        });
        let mut state = json!({"Type": "Parallel", "Branches": branches.collect::<Vec<_>>()});
        match self.language {
            Language::JsonPath => {
                state["ResultSelector"] = json!({"n.$": "States.MathAdd($[0].n, $[1].n)"});
                state["ResultPath"] = json!("$.joined");
            }
            Language::Jsonata => {
                state["Output"] = json!("{% $merge([$states.input, {'n': $sum($states.result.n)}]) %}");
            }
        }
        self.joined(states, name, state, next, (can_fail, is_caught));
    }

    fn map(&mut self, states: &mut States, name: &str, next: Option<&str>, is_distributed: bool) {
        let (mut processor, _) = self.inner(false);
        if is_distributed {
            let kind = if self.draw.once_in(3) { "EXPRESS" } else { "STANDARD" };
            if kind == "EXPRESS" {
                processor = self.express_item();
            }
            processor.insert("ProcessorConfig".to_owned(), json!({"Mode": "DISTRIBUTED", "ExecutionType": kind}));
        }
        let mut state = json!({"Type": "Map", "ItemProcessor": processor, "MaxConcurrency": self.draw.below(3)});
        if is_distributed {
            state["Label"] = json!(name);
        }
        match self.language {
            Language::JsonPath => {
                state["ItemsPath"] = json!("$.items");
                state["ItemSelector"] = json!({"path.$": "States.Format('{}/{}', $.path, $$.Map.Item.Index)",
                    "n.$": "$$.Map.Item.Value", "i.$": "$.i", "items.$": "$.items", "pad.$": "$.pad"});
                state["ResultSelector"] = json!({"n.$": "States.MathAdd($[0].n, $[1].n)"});
                state["ResultPath"] = json!("$.joined");
            }
            Language::Jsonata => {
                state["Items"] = json!("{% $states.input.items %}");
                state["ItemSelector"] = json!(
                    "{% $merge([$states.input, {'path': $states.input.path & '/' & \
                    $string($states.context.Map.Item.Index), 'n': $states.context.Map.Item.Value}]) %}"
                );
                state["Output"] = json!("{% $merge([$states.input, {'n': $sum($states.result.n)}]) %}");
            }
        }
        self.joined(states, name, state, next, (false, false));
    }

    /// What an express child of a Map Run may do: nothing that waits for somebody outside.
    fn express_item(&mut self) -> States {
        let was = std::mem::replace(&mut self.is_express, true);
        let (flow, _) = self.inner(false);
        self.is_express = was;
        flow
    }

    /// Adds a state whose result is put beside what flows, and the one that gives it its form again.
    fn joined(&mut self, states: &mut States, name: &str, mut state: Value, next: Option<&str>, fails: (bool, bool)) {
        let joined = self.name();
        go(&mut state, Some(&joined));
        match fails {
            (true, true) => {
                let restored = self.name();
                self.language.catch(&mut state, &restored);
                let mut pass = self.language.restored("States.MathAdd($.n, 7)");
                go(&mut pass, next);
                states.insert(restored, pass);
            }
            (true, false) => self.can_fail = true,
            (false, _) => {}
        }
        states.insert(name.to_owned(), state);
        let mut pass = self.language.restored("$.joined.n");
        go(&mut pass, next);
        states.insert(joined, pass);
    }

    /// Another execution: started and left alone, or waited for.
    fn child(&mut self, states: &mut States, name: &str, next: Option<&str>) {
        let pattern = *self.draw.one_of(&["", ".sync", ".sync:2"]);
        let mut state = json!({"Type": "Task", "Resource": format!("arn:aws:states:::states:startExecution{pattern}")});
        let input = child_input(self.language, self.draw);
        self.language.arguments(&mut state, json!({"StateMachineArn": self.callees.child, "Input": input}));
        match (self.language, pattern) {
            (Language::JsonPath, "") => state["ResultSelector"] = json!({"n": 1}),
            (Language::JsonPath, ".sync") => state["ResultSelector"] = json!({"d.$": "States.StringToJson($.Output)"}),
            (Language::JsonPath, _) => state["ResultSelector"] = json!({"d.$": "$.Output"}),
            (Language::Jsonata, "") => state["Output"] = json!("{% $states.input %}"),
            (Language::Jsonata, ".sync") => {
                let expression = "{% $merge([$states.input, {'n': $parse($states.result.Output).n}]) %}";
                state["Output"] = json!(expression);
            }
            (Language::Jsonata, _) => {
                state["Output"] = json!("{% $merge([$states.input, {'n': $states.result.Output.n}]) %}");
            }
        }
        let from = if pattern.is_empty() { "$.joined.n" } else { "$.joined.d.n" };
        if self.language == Language::JsonPath {
            state["ResultPath"] = json!("$.joined");
        }
        let joined = self.name();
        go(&mut state, Some(&joined));
        states.insert(name.to_owned(), state);
        let mut pass = self.language.restored(from);
        go(&mut pass, next);
        states.insert(joined, pass);
    }
}

/// The input of a child: what flows, under a path of its own.
fn child_input(language: Language, draw: &Draw) -> Value {
    let wait = draw.below(100);
    match language {
        Language::JsonPath => json!({
            "path.$": "States.Format('{}/{}', $.path, $$.State.Name)", "n.$": "$.n", "i.$": "$.i", "items.$": "$.items",
            "pad.$": "$.pad", "wait": wait}),
        Language::Jsonata => json!({
            "path": "{% $states.input.path & '/' & $states.context.State.Name %}", "n": "{% $states.input.n %}", "i": 0,
            "items": "{% $states.input.items %}", "pad": "{% $states.input.pad %}", "wait": wait}),
    }
}
