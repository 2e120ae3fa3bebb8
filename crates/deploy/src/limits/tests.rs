//! Each limit at its edge: the figure that AWS accepts passes, one more is reported.

use bytes::Bytes;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use super::*;
use crate::fixtures::{LESSON, key, service, stack};
use model::source::Source;

const FUNCTION: &str = "service = \"shop\"\n[functions.f]\nsource = \"x\"\n";

fn of(text: &str, definition: Option<&str>) -> Vec<String> {
    let definition = definition.map(|text| Definition::parse(&Source::new("flow.asl.json", text)).unwrap());
    let definitions = definition.into_iter().map(|definition| (key("m"), definition)).collect();
    of_service(&service(text), &definitions, &stack()).unwrap().iter().map(ToString::to_string).collect()
}

/// What the zip of function `f` breaks.
fn of_zip(bytes: Vec<u8>) -> Option<String> {
    let artefact = Artefact { zip: Bytes::from(bytes), code_sha256: String::new() };
    let artefacts = BTreeMap::from([(key("f"), artefact)]);
    check(&service(FUNCTION), &BTreeMap::new(), &artefacts, &stack()).err().map(|error| error.to_string())
}

fn zip_of(names: &[&str]) -> Vec<u8> {
    let mut writer = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    for name in names {
        writer.start_file(*name, ::zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(b"x").unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A zip that says of its only file, `bootstrap`, that it unpacks to so many bytes.
fn zip_that_unpacks_to(bytes: u32) -> Vec<u8> {
    let mut zip = zip_of(&["bootstrap"]);
    // The size is at 24 in the entry of the central directory (APPNOTE, 4.3.12).
    let entry = zip.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    zip[entry + 24..entry + 28].copy_from_slice(&bytes.to_le_bytes());
    zip
}

#[test]
fn the_lesson_breaks_nothing() {
    let definition = include_str!("../../../../definitions/wait-to-send.asl.json");
    let definition = Definition::parse(&Source::new("wait-to-send.asl.json", definition)).unwrap();
    let definitions = BTreeMap::from([(key("myStateMachine"), definition)]);
    assert_eq!(of_service(&service(LESSON), &definitions, &stack()).unwrap(), []);
}

#[test]
fn the_environment_is_measured_as_json() {
    let with =
        |length: usize| of(&format!("{FUNCTION}[functions.f.environment]\nAB = \"{}\"\n", "x".repeat(length)), None);
    // {"AB":"…"} has nine bytes beside the value.
    assert!(with(4096 - 9).is_empty());
    insta::assert_snapshot!(with(4096 - 8).join("\n"), @"service.toml:4: The environment variables of the function `f` are 4,097 bytes as JSON, which is how Lambda counts; it takes 4,096. Put long values (the longest is AB) into a file that the function is built with, or keep them in Parameter Store and let the function read them.");
}

#[test]
fn a_definition_may_have_one_mebibyte() {
    let machine = "service = \"shop\"\n[state_machines.m]\ndefinition = \"flow.asl.json\"\n";
    let with = |length: usize| of(machine, Some(&format!("{{\"Comment\":\"{}\"}}", "x".repeat(length))));
    assert!(with(1_048_576 - 14).is_empty());
    insta::assert_snapshot!(with(1_048_576 - 13).join("\n"), @"service.toml:2: The definition in flow.asl.json is 1,048,577 bytes; Step Functions takes 1,048,576. Move a part of it into a state machine of its own and start it with arn:aws:states:::states:startExecution.sync:2.");
}

#[test]
fn a_policy_is_measured_without_blanks() {
    let with = |resource: &str| {
        let table = "[[functions.f.permissions]]\nactions = [\"a:B\"]\nresources = ";
        of(&format!("{FUNCTION}{table}[\"{resource}\"]\n"), None)
    };
    // The rest of the document has 315 characters.
    assert!(with(&"x ".repeat(10_240 - 315)).is_empty());
    insta::assert_snapshot!(with(&"x".repeat(10_241 - 315)).join("\n"), @"service.toml:2: The policy of the function `f` is 10,241 characters long; IAM takes 10,240 for a role. Name fewer resources in its `permissions`: one with `*` at its end can stand for many. `workshop print --policies` shows what is in it.");
}

#[test]
fn an_api_has_three_hundred_routes() {
    let with = |count: usize| {
        let mut text = FUNCTION.to_owned();
        for route in 0..count {
            let _ = write!(text, "[[routes]]\nmethod = \"GET\"\npath = \"/{route}\"\nfunction = \"f\"\n");
        }
        of(&text, None)
    };
    assert!(with(300).is_empty());
    insta::assert_snapshot!(with(301).join("\n"), @"service.toml:1204: This is the first route too many: the service has 301, and an HTTP API takes 300. Let one route with a path parameter, such as `ANY /users/{rest+}`, lead to a function that tells the paths apart; or make a second service.");
}

#[test]
fn a_zip_is_checked_by_its_table_of_contents() {
    assert_eq!(of_zip(zip_of(&["lib/x", "bootstrap"])), None);
    assert_eq!(of_zip(zip_that_unpacks_to(262_144_000)), None);
    insta::assert_snapshot!(of_zip(zip_that_unpacks_to(262_144_001)).unwrap(), @r#"
    AWS would not take this:
    service.toml:2: The zip of the function `f` unpacks to 262,144,001 bytes; Lambda takes 262,144,000. Make the executable smaller (in the profile `lambda` of Cargo.toml: opt-level = "z", lto = true, strip = true; fewer dependencies and features), and keep big files elsewhere, such as in a bucket that the function reads.
    "#);
    insta::assert_snapshot!(of_zip(zip_of(&["bin/bootstrap"])).unwrap(), @r"
    AWS would not take this:
    service.toml:2: The zip of the function `f` has no file `bootstrap` at its root. Name the executable `bootstrap` and zip it without a folder, or make the zip with `workshop package`.
    ");
    insta::assert_snapshot!(of_zip(b"no zip".to_vec()).unwrap(), @r"
    AWS would not take this:
    service.toml:2: What is to be uploaded for the function `f` is no zip (6 bytes). Make it with `workshop package`.
    ");
    insta::assert_snapshot!(of_zip(vec![0; 52_428_801]).unwrap(), @r#"
    AWS would not take this:
    service.toml:2: The zip of the function `f` is 52,428,801 bytes; Lambda takes 52,428,800 in a request. Make the executable smaller (in the profile `lambda` of Cargo.toml: opt-level = "z", lto = true, strip = true; fewer dependencies and features), and keep big files elsewhere, such as in a bucket that the function reads. AWS takes larger zips only through S3, which `workshop` does not do.
    "#);
}

#[test]
fn everything_is_told_at_once_in_the_order_of_the_file() {
    let long = "x".repeat(5000);
    let text = format!("{FUNCTION}[functions.f.environment]\nAB = \"{long}\"\n[functions.g]\nsource = \"y\"\n");
    let artefact = |zip: Vec<u8>| Artefact { zip: Bytes::from(zip), code_sha256: String::new() };
    let artefacts = BTreeMap::from([(key("f"), artefact(zip_of(&["x"]))), (key("g"), artefact(Vec::new()))]);
    let error = check(&service(&text), &BTreeMap::new(), &artefacts, &stack()).unwrap_err().to_string();
    let places: Vec<&str> = error.lines().skip(1).filter_map(|line| line.split(": ").next()).collect();
    assert_eq!(places, ["service.toml:2", "service.toml:4", "service.toml:6"]);
}
