//! The policies that the program prints, and parts of them.

use crate::support::Ended;
use deploy::policy::CallerCommand;
use policy::{Document, Selection, Statement};
use workshop_proxy::Caller;

/// The account of the embedded cloud.
pub const ACCOUNT: &str = "000000000000";

/// What to type for the policy of some commands.
pub fn arguments(commands: &[CallerCommand]) -> Vec<&'static str> {
    let mut arguments = vec!["print", "--policies", "--for", "deployer", "--region", "us-east-1"];
    commands.iter().for_each(|command| arguments.extend(["--command", command.as_str()]));
    arguments
}

/// The policy that was printed, for the embedded cloud's account.
pub fn read(printed: &Ended) -> Document {
    assert_eq!(printed.code, Some(0), "{printed:#?}");
    Document::read(&printed.stdout.replace("<account>", ACCOUNT)).expect("a policy")
}

/// Somebody whom a policy is attached to.
pub fn caller(policy: Document) -> Caller {
    Caller { account: ACCOUNT.to_owned(), policies: vec![policy] }
}

/// The actions that a statement allows.
pub fn actions(statement: &Statement) -> Vec<String> {
    match &statement.actions {
        Some(Selection::Only(actions)) => actions.iter().cloned().collect(),
        _ => Vec::new(),
    }
}

/// A statement with other actions.
pub fn with_actions(statement: &Statement, actions: Vec<String>) -> Statement {
    statement.clone().with_actions(actions)
}
