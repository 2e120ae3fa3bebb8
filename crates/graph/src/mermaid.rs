//! A graph as a Mermaid flowchart, which GitHub and many editors draw.

use std::collections::BTreeMap;
use std::fmt::Write;

use asl::StateType;

use crate::definition::{Graph, State, TransitionKind};
use crate::status::{Status, Statuses};

/// What is still to be written.
enum Task {
    Flow(usize),
    State(usize),
    Close,
}

/// Fill, border and text of each status that has a colour.
const COLOURS: [(Status, &str); 7] = [
    (Status::Running, "fill:#e6f0ff,stroke:#0a58b0,color:#17202b"),
    (Status::Waiting, "fill:#fff4d6,stroke:#7a5200,color:#17202b"),
    (Status::Retrying, "fill:#ffecdd,stroke:#a34400,color:#17202b"),
    (Status::Succeeded, "fill:#e4f5e9,stroke:#176b34,color:#17202b"),
    (Status::Caught, "fill:#ffecdd,stroke:#a34400,color:#17202b"),
    (Status::Failed, "fill:#fde8e7,stroke:#b3211b,color:#17202b"),
    (Status::Aborted, "fill:#eeedf3,stroke:#57536b,color:#17202b"),
];

impl Graph {
    /// The text of a Mermaid flowchart; with the statuses of an execution where there are some.
    pub fn mermaid(&self, statuses: Option<&Statuses>) -> String {
        let mut text = String::from("flowchart TD\n");
        let mut open = Vec::from_iter((!self.flows.is_empty()).then_some(Task::Flow(0)));
        let mut depth = 1;
        while let Some(task) = open.pop() {
            match task {
                Task::Flow(flow) => self.flow(flow, depth, &mut text, &mut open),
                Task::State(state) => self.state(state, statuses, &mut depth, &mut text, &mut open),
                Task::Close => {
                    depth -= 1;
                    line(&mut text, depth, "end");
                }
            }
        }
        statuses.into_iter().for_each(|statuses| self.classes(statuses, &mut text));
        text
    }

    /// The transitions of a flow; its states are to be written after it.
    fn flow(&self, number: usize, depth: usize, text: &mut String, open: &mut Vec<Task>) {
        let Some(flow) = self.flows.get(number) else { return };
        if let Some(start) = flow.start {
            line(text, depth, &format!("b{number}((\" \")) --> s{start}"));
        }
        for it in &flow.transitions {
            let arrow = match it.kind {
                TransitionKind::Next | TransitionKind::Rule => "-->",
                TransitionKind::Default | TransitionKind::Caught => "-.->",
            };
            let label = it.label().map(|label| format!("|\"{}\"|", escaped(&label))).unwrap_or_default();
            line(text, depth, &format!("s{} {arrow}{label} s{}", it.from, it.to));
        }
        for state in flow.states.iter().filter(|state| self.states.get(**state).is_some_and(|state| state.ends)) {
            line(text, depth, &format!("s{state} --> e{number}(((\" \")))"));
        }
        open.extend(flow.states.iter().rev().map(|state| Task::State(*state)));
    }

    fn state(
        &self,
        number: usize,
        statuses: Option<&Statuses>,
        depth: &mut usize,
        text: &mut String,
        open: &mut Vec<Task>,
    ) {
        let Some(state) = self.states.get(number) else { return };
        let label = label(state, statuses);
        if state.inner.is_empty() {
            let (before, after) = brackets(state);
            return line(text, *depth, &format!("s{number}{before}\"{label}\"{after}"));
        }
        line(text, *depth, &format!("subgraph s{number}[\"{label}\"]"));
        *depth += 1;
        open.push(Task::Close);
        open.extend(state.inner.iter().rev().map(|flow| Task::Flow(*flow)));
    }

    /// The colours of the statuses.
    fn classes(&self, statuses: &Statuses, text: &mut String) {
        let mut by_class: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (number, state) in self.states.iter().enumerate() {
            by_class.entry(statuses.progress(&state.name).status.class()).or_default().push(format!("s{number}"));
        }
        for (status, colours) in COLOURS {
            if let Some(states) = by_class.get(status.class()) {
                line(text, 1, &format!("classDef {} {colours}", status.class()));
                line(text, 1, &format!("class {} {}", states.join(","), status.class()));
            }
        }
    }
}

fn line(text: &mut String, depth: usize, what: &str) {
    // Writing to a string can't fail.
    let _ = writeln!(text, "{:1$}{what}", "", 2 * depth);
}

fn label(state: &State, statuses: Option<&Statuses>) -> String {
    let detail = if state.detail.is_empty() { String::new() } else { format!(" · {}", state.detail) };
    let status =
        statuses.map(|statuses| format!("<br/>{}", statuses.progress(&state.name).words())).unwrap_or_default();
    format!("{}<br/>{}{status}", escaped(&state.shown), escaped(&format!("{}{detail}", state.type_name())))
}

fn brackets(state: &State) -> (&'static str, &'static str) {
    match state.kind {
        Some(StateType::Choice) => ("{{", "}}"),
        Some(StateType::Succeed | StateType::Fail) => ("([", "])"),
        Some(StateType::Wait) => ("(", ")"),
        _ => ("[", "]"),
    }
}

/// A text in which nothing is Mermaid's or HTML's: as the numbers of characters, which Mermaid takes in quoted texts.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' | '#' | '&' | '<' | '>' | '`' | '\\' | ';' | '*' | '_' | '~' | '%' | '$' | '[' | ']' | '{' | '}'
            | '(' | ')' | '|' => {
                safe.push_str(&format!("#{};", u32::from(character)));
            }
            _ => safe.push(character),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::status::Event;

    #[test]
    fn a_flowchart_has_states_inside_of_states() {
        let flow = |name: &str| json!({"StartAt": name, "States": {name: {"Type": "Pass", "End": true}}});
        let definition = json!({"StartAt": "C", "States": {
            "C": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericLessThan": 1, "Next": "P"}], "Default": "F"},
            "P": {"Type": "Parallel", "Branches": [flow("A"), flow("B")], "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "F"}], "End": true},
            "F": {"Type": "Fail", "Error": "\"]<b>"}
        }});
        let events = [Event { id: 1, previous_event_id: 0, kind: "ChoiceStateEntered", state: Some("C") }];
        insta::assert_snapshot!(Graph::read(&definition).mermaid(Some(&Statuses::of(events))), @r##"
        flowchart TD
          b0((" ")) --> s0
          s0 -->|"#36;.n #60; 1"| s1
          s0 -.->|"otherwise"| s2
          s1 -.->|"any error"| s2
          s1 --> e0(((" ")))
          s0{{"C<br/>Choice<br/>running"}}
          subgraph s1["P<br/>Parallel<br/>not reached"]
            b1((" ")) --> s3
            s3 --> e1(((" ")))
            s3["A<br/>Pass<br/>not reached"]
            b2((" ")) --> s4
            s4 --> e2(((" ")))
            s4["B<br/>Pass<br/>not reached"]
          end
          s2(["F<br/>Fail · #34;#93;#60;b#62;<br/>not reached"])
          classDef running fill:#e6f0ff,stroke:#0a58b0,color:#17202b
          class s0 running
        "##);
    }

    #[test]
    fn nothing_to_draw_is_an_empty_chart() {
        insta::assert_snapshot!(Graph::read(&json!(1)).mermaid(None), @"flowchart TD");
    }
}
