//! `workshop graph` as a black box: of files and projects without any cloud, of executions with how their states stand.

use crate::support::sandbox::Sandbox;
use crate::support::{Ended, Home};
use serde_json::Value;

const FLOW: &str = r#"{
  "StartAt": "Ask",
  "States": {
    "Ask": {
      "Type": "Choice",
      "Choices": [{ "Variable": "$.go", "BooleanEquals": true, "Next": "Send" }],
      "Default": "Gone"
    },
    "Send": { "Type": "Pass", "End": true }
  }
}
"#;

fn run(sandbox: &Sandbox, arguments: &str) -> Ended {
    Ended::of(sandbox.workshop(arguments).output().unwrap())
}

#[test]
fn a_file_is_drawn_without_a_cloud() {
    let sandbox = Sandbox::new();
    sandbox.write("flow.asl.json", FLOW);
    insta::assert_snapshot!(run(&sandbox, "graph flow.asl.json").stdout, @"
    ◇ Ask      Choice
    ├─ $.go = true
    │  ● Send  Pass ■
    └─ otherwise
       ● Gone  no such state
    ");
    insta::assert_snapshot!(run(&sandbox, "graph flow.asl.json --format mermaid").stdout, @r##"
    flowchart TD
      b0((" ")) --> s0
      s0 -->|"#36;.go = true"| s1
      s0 -.->|"otherwise"| s2
      s1 --> e0(((" ")))
      s0{{"Ask<br/>Choice"}}
      s1["Send<br/>Pass"]
      s2["Gone<br/>no such state"]
    "##);
    let svg = run(&sandbox, "graph flow.asl.json --format svg").stdout;
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{svg}");
    let json: Value = serde_json::from_str(&run(&sandbox, "graph flow.asl.json --json").stdout).unwrap();
    assert_eq!(json["states"][0]["name"], "Ask");
    assert_eq!(json["transitions"][0]["conditions"][0], "$.go = true");
}

#[test]
fn there_is_no_png() {
    let ended = run(&Sandbox::new(), "graph --format png");
    assert_eq!(ended.code, Some(2));
    insta::assert_snapshot!(ended.stderr, @"
    error: There are no PNG pictures: what draws text into them would add megabytes to this program.
      try: `--format svg` draws the same; browsers show it, the page of `workshop open --local` saves a PNG, and so does `rsvg-convert graph.svg -o graph.png`.
    ");
}

#[test]
fn an_execution_shows_how_its_states_stand() {
    let home = Home::new();
    home.ok(&["deploy", "--local"]);
    home.ok(&["start", "--local", "--task", "waits", "--at", "+1h"]);
    insta::assert_snapshot!(home.ok(&["graph", "--local", "waits"]), @"
    ◷ WaitForTimestamp  Wait · until $.trigger_date                               waiting
    · SendEmail         Task · function step-functions-example-dev-sendEmail:1 ■
    ");
    home.ok(&["skip", "--local", "waits"]);
    let ended = crate::support::eventually("the execution to end", || {
        let shown = home.json(&["graph", "--local", "waits", "--json"]);
        if shown["states"][1]["status"] == "succeeded" { Ok(shown) } else { Err(shown.to_string()) }
    });
    assert_eq!(ended["states"][0]["status"], "succeeded");
    let shown = home.ok(&["show", "--local", "waits", "--graph"]);
    assert!(shown.contains("✓ SendEmail") && !shown.contains("TaskStateEntered"), "{shown}");
}
