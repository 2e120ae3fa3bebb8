//! The list of operations in the documentation is that of the tables.

use std::fmt::Write as _;

use crate::world::World;
use cloud_core::{Access, OperationInfo};

const BEGIN: &str = "<!-- operations: begin -->\n";
const END: &str = "<!-- operations: end -->";

fn listed(world: &World) -> String {
    let mut text = String::new();
    for service in world.cloud.services() {
        let mut operations = service.operations();
        operations.sort_by_key(|operation| operation.name);
        let _ = writeln!(
            text,
            "### {}\n\n| operation | access | IAM action | calls |\n| --- | --- | --- | --- |",
            service.info().title
        );
        for operation in operations {
            let access = match operation.access {
                Access::Reads => "reads",
                Access::ReadsPresent => "reads the present",
                Access::Writes => "writes",
                Access::WritesAlone => "writes alone",
            };
            let calls = operation.quota.map_or_else(|| "no limit".to_owned(), |quota| quota.words());
            let _ = writeln!(text, "| `{}` | {access} | `{}` | {calls} |", operation.name, operation.action);
        }
        text.push('\n');
        text.push_str(&refused_members(&service.operations()));
    }
    text
}

/// What of their inputs the operations of a service refuse by name.
fn refused_members(operations: &[&'static OperationInfo]) -> String {
    let mut rows = String::new();
    for operation in operations.iter().filter(|operation| !operation.refused.is_empty()) {
        let members: Vec<String> = operation.refused.iter().map(|member| format!("`{member}`")).collect();
        let _ = writeln!(rows, "- of {}: {}", operation.name, members.join(", "));
    }
    match rows.is_empty() {
        true => rows,
        false => format!("Members that are refused by name:\n\n{rows}\n"),
    }
}

/// Set `WORKSHOP_UPDATE_DOCS=1` to write the list into the page.
#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn the_page_lists_every_operation() {
    let world = World::new(1);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/embedded-cloud.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the begin marker");
    let (found, after) = rest.split_once(END).expect("the end marker");
    let expected = listed(&world);
    if std::env::var_os("WORKSHOP_UPDATE_DOCS").is_some() {
        std::fs::write(path, format!("{before}{BEGIN}{expected}{END}{after}")).unwrap();
    } else {
        assert_eq!(found, expected, "run this test with WORKSHOP_UPDATE_DOCS=1 to write the list");
    }
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn every_operation_has_a_bucket_but_those_that_aws_does_not_count() {
    let world = World::new(1);
    let mut uncounted = Vec::new();
    for service in world.cloud.services() {
        let operations = service.operations().into_iter().filter(|operation| operation.quota.is_none());
        uncounted.extend(operations.map(|operation| operation.action));
    }
    uncounted.sort_unstable();
    assert_eq!(
        uncounted,
        ["lambda:InvokeFunction", "logs:StartLiveTail", "states:StartSyncExecution", "states:TestState"]
    );
}
