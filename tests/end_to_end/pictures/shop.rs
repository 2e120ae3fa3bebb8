//! A home with a deployed service and executions of every kind, at a moment that is always the same.

use std::fs;

use crate::support::{Ended, Home};

/// What the embedded cloud's clock shows, which stands still. Nobody runs these tests so late.
const MOMENT: &str = "2061-07-28T09:00:00Z";

const SERVICE: &str = r#"
service = "lamp-shop"

[functions.pack]
source = "pack.mjs"
runtime = "nodejs24.x"
handler = "pack.handler"

[functions.sendTheConfirmation]
source = "pack.mjs"
runtime = "nodejs24.x"
handler = "pack.handler"
timeout_s = 30

[[routes]]
method = "POST"
path = "/start"
function = "sendTheConfirmation"

[activities.approve]

[state_machines.order]
definition = "order.asl.json"

[state_machines.stock]
definition = "stock.asl.json"
"#;

const ORDER: &str = r##"{
  "StartAt": "Enough on the shelf?",
  "States": {
    "Enough on the shelf?": {
      "Type": "Choice",
      "Choices": [{"Variable": "$.items[0]", "IsPresent": true, "Next": "Prepare"}],
      "Default": "Nothing left"
    },
    "Nothing left": {
      "Type": "Fail",
      "Error": "OutOfStock",
      "Cause": "Nothing is left of item 7; the next delivery comes in the second week of August"
    },
    "Prepare": {
      "Type": "Parallel",
      "ResultPath": null,
      "Next": "Deliver",
      "Branches": [
        {"StartAt": "Each item", "States": {"Each item": {
          "Type": "Map", "ItemsPath": "$.items", "MaxConcurrency": 1, "End": true,
          "ItemProcessor": {"StartAt": "Pack", "States": {"Pack": {
            "Type": "Task",
            "Resource": "arn:aws:lambda:#{AWS::Region}:#{AWS::AccountId}:function:#{AWS::StackName}-pack",
            "Retry": [{"ErrorEquals": ["Lambda.ServiceException"]}],
            "End": true}}}}}},
        {"StartAt": "Ink dries", "States": {"Ink dries": {"Type": "Wait", "Seconds": 90, "End": true}}}
      ]
    },
    "Deliver": {"Type": "Wait", "SecondsPath": "$.delivery", "End": true}
  }
}
"##;

const STOCK: &str = r#"{"StartAt": "Count", "States": {"Count": {"Type": "Pass", "End": true}}}"#;

const PACK: &str = "export const handler = async (item) => {\n  console.log(`packing ${JSON.stringify(item)}`);\n  \
                    return { packed: item };\n};\n";

/// A definition with an error and a warning.
const WRONG: &str = r#"{
  "StartAt": "Pack",
  "States": {
    "Pack": {"Type": "Pass", "Next": "Sned"},
    "Send": {"Type": "Succeed"}
  }
}
"#;

const MISSPELT: &str = "service: lamp-shop\nprovider:\n  name: aws\n  runtime: nodejs24.x\nfunctions:\n  pack:\n    \
                        handlr: pack.handler\n    memorySize: 128\nstepFunctions:\n  stateMachines:\n    order:\n      \
                        type: express\n      definition: {StartAt: A, States: {A: {Type: Succeed}}}\n";

/// The home.
pub struct Shop {
    home: Home,
}

impl Shop {
    /// Deploys it, and has executions succeed, fail, be stopped and wait.
    pub fn open() -> Self {
        let shop = Self { home: Home::new() };
        let write = |file: &str, text: &str| fs::write(shop.home.path("work").join(file), text).expect("a file");
        for (file, text) in [("service.toml", SERVICE), ("order.asl.json", ORDER), ("stock.asl.json", STOCK)] {
            write(file, text);
        }
        write("pack.mjs", PACK);
        write("wrong.asl.json", WRONG);
        write("misspelt.yml", MISSPELT);
        shop.ok(&["local", "start", "--virtual-time"]);
        shop.ok(&["local", "time", "--to", MOMENT]);
        shop.ok(&["deploy"]);
        let start = |name: &str, input: &str| shop.ok(&["start", "order", "--name", name, "-d", input]);
        start("lamp-for-ada", r#"{"items": ["lamp", "bulb"], "delivery": 86400}"#);
        shop.ok(&["local", "time", "--advance", "25h"]);
        shop.ok(&["start", "stock", "--name", "monthly-count"]);
        shop.ok(&["local", "time", "--advance", "90m"]);
        start("empty-shelf", r#"{"items": []}"#);
        start("changed-her-mind", r#"{"items": ["candle"], "delivery": 86400}"#);
        shop.ok(&["local", "time", "--advance", "17m"]);
        shop.ok(&["stop", "changed-her-mind", "--cause", "The customer called"]);
        start("three-hundred-lamps-for-the-town-hall-of-a-small-town", r#"{"items": ["lamp"], "delivery": 259200}"#);
        shop.ok(&["local", "time", "--advance", "5m"]);
        write("stock.asl.json", &STOCK.replace("Pass", "Succeed").replace(", \"End\": true", ""));
        shop
    }

    fn ok(&self, arguments: &[&str]) -> String {
        self.home.ok(&[arguments, &["--local"]].concat())
    }

    /// What a command shows in so many columns: its results, then what it says beside them.
    pub fn shown(&self, arguments: &[&str], columns: usize, color: &str) -> String {
        let mut command = self.home.workshop(&[&["--color", color], arguments].concat());
        command.env("COLUMNS", columns.to_string()).env("WORKSHOP_LOCAL", "1");
        let Ended { stdout, stderr, .. } = Ended::of(command.output().expect("workshop starts"));
        let folder = self.home.path("").display().to_string();
        format!("{stdout}{stderr}").replace(folder.trim_end_matches('/'), "/home/ada")
    }
}
