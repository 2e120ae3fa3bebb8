//! Names and ARNs of state machines and executions.

use cloud_core::{Account, Location, Request, ServiceError};

use super::errors::{invalid_arn, invalid_name, machine_missing, validation};

/// The longest name of a state machine or an execution, in characters.
const MAX_NAME_CHARS: usize = 80;

/// What a name may not contain besides white space and control characters (API reference, `StartExecution`).
const FORBIDDEN: &str = "<>{}[]?*\"#%\\^|~`$&,;:/";

/// Checks the name of a state machine or an execution.
pub(crate) fn check_name(name: &str) -> Result<(), ServiceError> {
    // Tasks and forks give names too, which no model has seen.
    if name.chars().count() > MAX_NAME_CHARS {
        let at_most = format!("Member must have length less than or equal to {MAX_NAME_CHARS}");
        return Err(validation(format!(
            "1 validation error detected: Value '{name}' at 'name' failed to satisfy constraint: {at_most}"
        )));
    }
    let forbidden = |character: char| {
        let noncharacter = matches!(u32::from(character), 0xFFFE..=0xFFFF);
        character.is_control() || character.is_whitespace() || noncharacter || FORBIDDEN.contains(character)
    };
    if name.is_empty() || name.contains(forbidden) { Err(invalid_name(name)) } else { Ok(()) }
}

/// A state machine, perhaps with a version or an alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MachineReference {
    /// The ARN as it was given.
    pub(crate) arn: String,
    /// The key under which the machine is kept, `region/name`.
    pub(crate) key: String,
    /// A version's number or an alias.
    pub(crate) qualifier: Option<String>,
}

/// One activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ActivityReference {
    /// The ARN as it was given.
    pub(crate) arn: String,
    /// The key under which the activity is kept, `region/name`.
    pub(crate) key: String,
}

/// One Map Run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MapRunReference {
    /// The ARN as it was given.
    pub(crate) arn: String,
    /// The machine's key with the label: that of its children.
    pub(crate) machine: String,
    /// The run's id.
    pub(crate) id: String,
}

/// One execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExecutionReference {
    /// The ARN as it was given.
    pub(crate) arn: String,
    /// The machine's key.
    pub(crate) machine: String,
    /// The execution's name.
    pub(crate) name: String,
}

impl MachineReference {
    /// Reads the ARN that a request names. What another account or region has is not found.
    pub(crate) fn of(request: &Request, arn: &str) -> Result<Self, ServiceError> {
        let reference = Self::parse(arn)?;
        Ok(Self { key: found_by(request, arn, reference.key), ..reference })
    }

    /// Reads `arn:aws:states:region:account:stateMachine:name[:version]`.
    pub(crate) fn parse(arn: &str) -> Result<Self, ServiceError> {
        let parts = split(arn)?;
        let (name, qualifier) = match (parts.kind, parts.rest.as_slice()) {
            // "If you provide a qualified state machine ARN that refers to a Distributed Map state, the request fails with
            // ValidationException" (API reference, `DeleteStateMachine` and others). The text is ours.
            ("stateMachine", [name, ..]) if name.contains('/') => {
                let problem = format!("{arn} is a Map state's ARN, and no state machine's");
                return Err(validation(problem));
            }
            ("stateMachine", [name]) => (*name, None),
            ("stateMachine", [name, qualifier]) => (*name, Some((*qualifier).to_owned())),
            ("stateMachine", _) => return Err(malformed(arn)),
            (kind, _) => return Err(wrong_kind(kind)),
        };
        Ok(Self { arn: arn.to_owned(), key: parts.key(name), qualifier })
    }
}

impl ActivityReference {
    /// Reads the ARN that a request names. What another account or region has is not found.
    pub(crate) fn of(request: &Request, arn: &str) -> Result<Self, ServiceError> {
        let reference = Self::parse(arn)?;
        Ok(Self { key: found_by(request, arn, reference.key), ..reference })
    }

    /// Reads `arn:aws:states:region:account:activity:name`.
    pub(crate) fn parse(arn: &str) -> Result<Self, ServiceError> {
        let parts = split(arn)?;
        match (parts.kind, parts.rest.as_slice()) {
            ("activity", [name]) => Ok(Self { arn: arn.to_owned(), key: parts.key(name) }),
            ("activity", _) => Err(malformed(arn)),
            (kind, _) => Err(wrong_kind(kind)),
        }
    }
}

impl MapRunReference {
    /// Reads the ARN that a request names. What another account or region has is not found.
    pub(crate) fn of(request: &Request, arn: &str) -> Result<Self, ServiceError> {
        let reference = Self::parse(arn)?;
        Ok(Self { machine: found_by(request, arn, reference.machine), ..reference })
    }

    /// Reads `arn:aws:states:region:account:mapRun:machine/label:id`.
    pub(crate) fn parse(arn: &str) -> Result<Self, ServiceError> {
        let parts = split(arn)?;
        match (parts.kind, parts.rest.as_slice()) {
            ("mapRun", [machine, id]) if machine.contains('/') => {
                let machine = parts.key(&machine.replacen('/', ":", 1));
                Ok(Self { arn: arn.to_owned(), machine, id: (*id).to_owned() })
            }
            ("mapRun", _) => Err(malformed(arn)),
            (kind, _) => Err(wrong_kind(kind)),
        }
    }
}

impl ExecutionReference {
    /// Reads the ARN that a request names. What another account or region has is not found.
    pub(crate) fn of(request: &Request, arn: &str) -> Result<Self, ServiceError> {
        let reference = Self::parse(arn)?;
        Ok(Self { machine: found_by(request, arn, reference.machine), ..reference })
    }

    /// Reads `arn:aws:states:region:account:execution:machine:name`.
    pub(crate) fn parse(arn: &str) -> Result<Self, ServiceError> {
        let parts = split(arn)?;
        match (parts.kind, parts.rest.as_slice()) {
            ("execution", [machine, name]) => {
                // A Map Run's child: machine/label.
                let machine = parts.key(&machine.replacen('/', ":", 1));
                Ok(Self { arn: arn.to_owned(), machine, name: (*name).to_owned() })
            }
            ("execution", _) => Err(malformed(arn)),
            (kind, _) => Err(wrong_kind(kind)),
        }
    }
}

/// A key that nothing has.
const FOREIGN: &str = "elsewhere/";

/// Whether an ARN names another account than the caller's, or another region than the one that was asked.
fn is_foreign(request: &Request, arn: &str) -> bool {
    !is_in(&request.location(), arn)
}

/// Whether an ARN names this account and region, letter by letter: policies are asked about the ARN as it is written.
pub(crate) fn is_in(location: &Location, arn: &str) -> bool {
    arn.starts_with(&location.arn("states", ""))
}

/// The key under which the caller finds what an ARN names: none that exists where another account or region has it.
fn found_by(caller: &Request, arn: &str, key: String) -> String {
    if is_foreign(caller, arn) { FOREIGN.to_owned() } else { key }
}

/// Refuses to start what another account or region has: it is not found.
///
/// # Errors
/// `StateMachineDoesNotExist`.
pub(crate) fn check_account(request: &Request, machine_arn: &str) -> Result<(), ServiceError> {
    if is_foreign(request, machine_arn) { Err(machine_missing(machine_arn)) } else { Ok(()) }
}

/// An ARN of Step Functions, in parts.
struct Parts<'a> {
    region: &'a str,
    account: &'a str,
    kind: &'a str,
    rest: Vec<&'a str>,
}

impl Parts<'_> {
    /// `region/name`, with the account before it if it is not the default one. What is in no account is looked for under a
    /// key that nothing here has.
    fn key(&self, name: &str) -> String {
        match Account::parse(self.account) {
            Some(account) => Location::new(account, self.region).key(name),
            None => format!("{}:{}/{name}", self.account, self.region),
        }
    }
}

fn split(arn: &str) -> Result<Parts<'_>, ServiceError> {
    let mut parts = arn.split(':');
    if parts.next() != Some("arn") {
        return Err(invalid_arn(&format!("Invalid ARN prefix: {arn}")));
    }
    match (parts.next(), parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some("aws"), Some("states"), Some(region), Some(account), Some(kind)) => {
            Ok(Parts { region, account, kind, rest: parts.collect() })
        }
        _ => Err(malformed(arn)),
    }
}

fn malformed(arn: &str) -> ServiceError {
    invalid_arn(&format!("Invalid ARN: {arn}"))
}

fn wrong_kind(kind: &str) -> ServiceError {
    invalid_arn(&format!("Resource type not valid in this context: {kind}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked_as_aws_does() {
        for good in ["taskone", "a", "ümlaut", "a.b-c_d", &"x".repeat(80)] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        for bad in ["", "two words", "a/b", "a:b", "a\u{7}", "a*", "tab\t", "<x>", "a\u{85}b"] {
            assert_eq!(check_name(bad).unwrap_err().code, "InvalidName", "{bad:?}");
        }
        assert_eq!(check_name(&"x".repeat(81)).unwrap_err().code, "ValidationException");
    }

    #[test]
    fn reads_arns() {
        let machine = MachineReference::parse("arn:aws:states:eu-west-1:000000000000:stateMachine:m:3").unwrap();
        assert_eq!((machine.key.as_str(), machine.qualifier.as_deref()), ("eu-west-1/m", Some("3")));
        let execution = ExecutionReference::parse("arn:aws:states:eu-west-1:000000000000:execution:m:e").unwrap();
        assert_eq!((execution.machine.as_str(), execution.name.as_str()), ("eu-west-1/m", "e"));
        let foreign = MachineReference::parse("arn:aws:states:eu-west-1:111111111111:stateMachine:m").unwrap();
        assert_ne!(foreign.key, "eu-west-1/m");
        let label = MachineReference::parse("arn:aws:states:eu-west-1:000000000000:stateMachine:m/Label");
        assert_eq!(label.unwrap_err().code, "ValidationException");
    }

    #[test]
    fn one_thing_has_one_arn() {
        let now = jiff::Timestamp::UNIX_EPOCH;
        let request = Request::internal("id".to_owned(), now, &Location::default(), "states");
        let key = |arn: &str| MachineReference::of(&request, arn).ok().map(|reference| reference.key);
        assert_eq!(key("arn:aws:states:us-east-1:000000000000:stateMachine:m").as_deref(), Some("us-east-1/m"));
        for other in [
            "arn:other:states:us-east-1:000000000000:stateMachine:m",
            "arn:aws:states:US-EAST-1:000000000000:stateMachine:m",
            "arn:aws:states::000000000000:stateMachine:m",
            "arn:aws:states:us-east-1::stateMachine:m",
        ] {
            assert_ne!(key(other).as_deref(), Some("us-east-1/m"), "{other}");
        }
    }

    #[test]
    fn says_what_is_wrong_with_an_arn() {
        let message = |arn: &str| ExecutionReference::parse(arn).unwrap_err().message;
        assert_eq!(message("nonsense"), "Invalid Arn: 'Invalid ARN prefix: nonsense'");
        assert_eq!(
            message("arn:aws:states:us-east-1:000000000000:express:m:e:id"),
            "Invalid Arn: 'Resource type not valid in this context: express'"
        );
    }
}
