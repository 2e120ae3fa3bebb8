//! Whose a thing is: what may not be read is told from what is not there, and nothing of others' is touched.

use serde_json::{Value, json};

use crate::fault_matrix::command::{Done, Site};
use crate::fault_matrix::scenario::{DEPLOY, REMOVE, STACK, Waiting, deployed, first, small};
use crate::fault_matrix::strangers;
use crate::support::cloud::Cloud;
use crate::support::snapshot::{Snapshot, Versions};
use crate::support::{Home, eventually};
use workshop_proxy::{Fault, Injection, Names};

/// What is in an account, as text.
fn found(cloud: &Cloud) -> String {
    Snapshot::of(cloud).text(Versions::Numbered)
}

fn nothing() -> String {
    found(&Cloud::start(None, &[]))
}

fn run(site: Site<'_>, arguments: &[&str], operation: &str, fault: Fault) -> Done {
    site.run(arguments, Names::new(), Some(Injection::everywhere(operation, fault)))
}

fn undisturbed(site: Site<'_>, arguments: &[&str]) -> Done {
    site.run(arguments, Names::new(), None)
}

/// A command stopped because of a permission: it names it, does not advise to adopt, and changed nothing.
fn assert_stopped(done: &Done, action: &str) {
    let said = &done.ended.stderr;
    assert_eq!(done.ended.code, Some(7), "{done:#?}");
    assert!(said.contains(&format!("({action})")), "{action}: {said}");
    assert!(said.contains(&format!("`{action}`")), "{action}: {said}");
    assert!(!said.contains("--adopt"), "{action}: {said}");
    assert_eq!(done.calls.writes(), [""; 0], "{action}");
}

fn assert_ended(done: &Done) {
    assert_eq!(done.ended.code, Some(0), "{:#?}", done.ended);
}

#[test]
fn without_the_right_to_read_tags_nothing_is_taken_for_a_strangers() {
    let home = Home::new();
    let sources = small(&home);
    let cloud = Cloud::start(None, &[]);
    let site = Site::new(&cloud, &sources);
    let unreadable = |arguments: &[&str]| run(site, arguments, "GetFunction", Fault::TagsUnreadable);
    assert_ended(&unreadable(DEPLOY));
    let again = unreadable(DEPLOY);
    assert_stopped(&again, "lambda:ListTags");
    assert!(again.ended.stderr.contains(&format!("the function {STACK}-begin")), "{again:#?}");
    for command in [&["deploy", "prune"][..], &["rollback"], &["deploy", "list"]] {
        assert_stopped(&unreadable(command), "lambda:ListTags");
    }
    let info = unreadable(&["info"]);
    assert!(info.ended.stderr.contains("lambda:ListTags"), "{info:#?}");
    assert!(!info.ended.stdout.contains("missing"), "{info:#?}");

    let removed = unreadable(REMOVE);
    assert_eq!(removed.ended.code, Some(7), "{removed:#?}");
    assert!(!removed.ended.stdout.contains("all are gone"), "{removed:#?}");
    assert!(removed.ended.stderr.contains("may still be there"), "{removed:#?}");
    assert!(removed.ended.stderr.contains("`lambda:ListTags`"), "{removed:#?}");
    let left = found(&cloud);
    for kept in [format!("\"{STACK}-begin\""), format!("\"{STACK}-us-east-1-begin\"")] {
        assert!(left.contains(&kept), "{kept} stays, the role as the function's trace:\n{left}");
    }
    assert!(!left.contains(&format!("{STACK}-flow")), "what is proven ours went:\n{left}");
    let removed = undisturbed(site, REMOVE);
    assert_ended(&removed);
    assert_eq!(found(&cloud), nothing());
}

#[test]
fn each_read_that_is_not_allowed_stops_a_deployment_and_is_named() {
    let home = Home::new();
    let sources = small(&home);
    let cloud = Cloud::start(Some(&deployed(&sources, Waiting::One).path()), &[]);
    let site = Site::new(&cloud, &sources);
    let reads = [
        ("GetRole", "iam:GetRole"),
        ("GetRolePolicy", "iam:GetRolePolicy"),
        ("ListRoles", "iam:ListRoles"),
        ("GetFunction", "lambda:GetFunction"),
        ("GetPolicy", "lambda:GetPolicy"),
        ("ListVersionsByFunction", "lambda:ListVersionsByFunction"),
        ("GetAlias", "lambda:GetAlias"),
        ("DescribeStateMachine", "states:DescribeStateMachine"),
        ("ListExecutions", "states:ListExecutions"),
        ("ListStateMachines", "states:ListStateMachines"),
        ("ListTagsForResource", "states:ListTagsForResource"),
        ("DescribeLogGroups", "logs:DescribeLogGroups"),
        ("GetApis", "apigateway:GET"),
        ("GetRoutes", "apigateway:GET"),
    ];
    for (operation, action) in reads {
        assert_stopped(&run(site, DEPLOY, operation, Fault::Denied), action);
    }
    for operation in ["GetFunction", "GetRole", "GetApis"] {
        let unchanged = run(site, DEPLOY, operation, Fault::TagsMissing);
        assert_ended(&unchanged);
        assert_eq!(unchanged.calls.writes(), [""; 0], "{operation}: its tags are asked for by themselves");
    }
    assert_stopped(&run(site, DEPLOY, "ListTagsForResource", Fault::TagsMissing), "states:ListTagsForResource");
}

#[test]
fn a_removal_says_what_it_could_not_look_at() {
    let home = Home::new();
    let sources = small(&home);
    let before = deployed(&sources, Waiting::None);
    let empty = nothing();
    let hiding = [
        ("GetRole", "iam:GetRole"),
        ("ListRoles", "iam:ListRoles"),
        ("GetFunction", "lambda:GetFunction"),
        ("DescribeStateMachine", "states:DescribeStateMachine"),
        ("ListStateMachines", "states:ListStateMachines"),
        ("ListTagsForResource", "logs:ListTagsForResource"),
        ("DescribeLogGroups", "logs:DescribeLogGroups"),
        ("GetApis", "apigateway:GET"),
    ];
    for (operation, action) in hiding {
        let cloud = Cloud::start(Some(&before.path()), &[]);
        let site = Site::new(&cloud, &sources);
        let removed = run(site, REMOVE, operation, Fault::Denied);
        assert_eq!(removed.ended.code, Some(7), "{operation}: {removed:#?}");
        assert!(removed.ended.stderr.contains(&format!("`{action}`")), "{operation}: {removed:#?}");
        assert!(!removed.ended.stdout.contains("all are gone"), "{operation}: {removed:#?}");
        assert_ended(&undisturbed(site, REMOVE));
        assert_eq!(found(&cloud), empty, "{operation}");
    }
    for operation in ["GetRolePolicy", "GetPolicy", "ListVersionsByFunction", "GetAlias", "GetRoutes"] {
        let cloud = Cloud::start(Some(&before.path()), &[]);
        assert_ended(&run(Site::new(&cloud, &sources), REMOVE, operation, Fault::Denied));
        assert_eq!(found(&cloud), empty, "{operation} shows nothing that a removal needs");
    }
}

#[test]
fn functions_of_others_keep_their_logs() {
    let home = Home::new();
    let sources = small(&home);
    let cloud = Cloud::start(None, &[]);
    strangers::role(&cloud, &format!("{STACK}-us-east-1-stranger"), "");
    strangers::function(&cloud, &format!("{STACK}-begin"));
    strangers::log_group(&cloud, &format!("/aws/lambda/{STACK}-begin"));
    let before = found(&cloud);
    let site = Site::new(&cloud, &sources);
    let removed = undisturbed(site, REMOVE);
    assert_ended(&removed);
    for theirs in
        [format!("The function {STACK}-begin is left"), format!("The log group /aws/lambda/{STACK}-begin is left")]
    {
        assert!(removed.ended.stderr.contains(&theirs), "{removed:#?}");
    }
    let refused = undisturbed(site, DEPLOY);
    assert_eq!(refused.ended.code, Some(7), "{refused:#?}");
    assert_eq!(found(&cloud), before);
}

#[test]
fn the_log_group_of_a_function_that_is_gone_is_ours_by_its_role() {
    let home = Home::new();
    let sources = small(&home);
    let before = deployed(&sources, Waiting::None);
    for stranger in [false, true] {
        let cloud = Cloud::start(Some(&before.path()), &[]);
        let group = format!("/aws/lambda/{STACK}-begin");
        let function = format!("/2015-03-31/functions/{STACK}-begin");
        strangers::ok(cloud.call("lambda", "DELETE", &function, "", ""));
        let body = json!({ "logGroupName": group }).to_string();
        strangers::ok(cloud.call("logs", "POST", "/", "Logs_20140328.DeleteLogGroup", &body));
        strangers::log_group(&cloud, &group);
        if stranger {
            strangers::role(&cloud, &format!("{STACK}-us-east-1-stranger"), "");
            strangers::function(&cloud, &format!("{STACK}-begin"));
        }
        let removed = undisturbed(Site::new(&cloud, &sources), REMOVE);
        assert_ended(&removed);
        let left = found(&cloud);
        assert_eq!(left.contains(&format!("\"{group}\",\n      \"retention")), stranger, "{left}");
        assert_eq!(left.contains("a stranger's"), stranger, "{left}");
        assert!(!left.contains(&format!("{STACK}-us-east-1-begin")), "{left}");
    }
}

#[test]
fn a_function_follows_its_role_that_was_made_again() {
    let home = Home::new();
    let sources = first(&home);
    let cloud = Cloud::start(Some(&deployed(&sources, Waiting::None).path()), &[]);
    let site = Site::new(&cloud, &sources);
    let role = format!("{STACK}-us-east-1-begin");
    let iam = |action: &str| {
        let body = format!("Action={action}&Version=2010-05-08&RoleName={role}");
        strangers::ok(cloud.call("iam", "POST", "/", "", &body));
    };
    let differences = || -> Vec<Value> {
        let done = undisturbed(site, &["deploy", "--package", "zips", "--json"]);
        assert_ended(&done);
        let report: Value = serde_json::from_str(&done.ended.stdout).expect("JSON");
        let steps = report["plan"]["steps"].as_array().expect("steps").clone();
        let function = |step: &Value| step["kind"] == "function" && step["name"] == format!("{STACK}-begin");
        steps.iter().find(|step| function(step)).expect("the function")["differences"]
            .as_array()
            .expect("a list")
            .clone()
    };
    assert_eq!(differences(), [""; 0]);
    iam("DeleteRolePolicy&PolicyName=workshop");
    iam("DeleteRole");
    assert_eq!(differences(), ["its role was made again after it"], "by this deployment");
    assert_eq!(differences(), [""; 0]);

    let now = || jiff::Timestamp::now().as_second();
    let configured = now();
    eventually("the next second", || if now() > configured { Ok(()) } else { Err("the same second".to_owned()) });
    iam("DeleteRolePolicy&PolicyName=workshop");
    iam("DeleteRole");
    strangers::role(&cloud, &role, &format!("&Tags.member.1.Key=workshop%3Astack&Tags.member.1.Value={STACK}"));
    assert_eq!(differences(), ["its role was made again after it"], "by hand");
    assert_eq!(differences(), [""; 0]);
    assert!(undisturbed(site, DEPLOY).ended.stderr.contains("Nothing to deploy"));
}

#[test]
fn an_execution_of_a_strangers_state_machine_is_stopped_by_its_arn_only() {
    let home = Home::new();
    let sources = small(&home);
    let cloud = Cloud::start(None, &[]);
    let machine = format!("{STACK}-flow");
    strangers::role(&cloud, &format!("{STACK}-us-east-1-stranger"), "");
    strangers::state_machine(&cloud, &machine);
    strangers::start(&cloud, &machine, "theirs");
    let site = Site::new(&cloud, &sources);
    let refused = undisturbed(site, &["stop", "theirs"]);
    assert_eq!(refused.ended.code, Some(7), "{refused:#?}");
    assert!(refused.ended.stderr.contains("does not belong to this stack"), "{refused:#?}");
    assert_eq!(refused.calls.writes(), [""; 0]);
    let arn = format!("arn:aws:states:us-east-1:000000000000:execution:{machine}:theirs");
    assert_ended(&undisturbed(site, &["stop", &arn]));
}
