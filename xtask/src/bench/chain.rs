//! The longest chain of AWS calls that truly depend on each other: what AWS needs, not the order that was observed, so that
//! a deployer that does one thing after the other gains nothing by it.

use workshop_proxy::CallId;

/// A state machine and the function that its definition names, in the lesson: its versions are pinned, so it waits for them.
const PINNED: (&str, &str) = ("myStateMachine", "sendEmail");

/// What a call is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Thing<'a> {
    Caller,
    Role(&'a str),
    LogGroup(&'a str),
    Function(&'a str),
    Machine(&'a str),
    Api,
}

/// A call with its place among the writes to the same thing; none for a read.
#[derive(Debug, Clone, Copy)]
struct Link<'a> {
    thing: Thing<'a>,
    rank: Option<u8>,
    operation: &'a str,
    later: bool,
}

/// The order of the writes to one thing. AWS refuses writes to one function, or to one HTTP API, that come at once.
const RANKS: [(&str, u8); 21] = [
    ("CreateRole", 0),
    ("UpdateAssumeRolePolicy", 0),
    ("TagRole", 1),
    ("PutRolePolicy", 1),
    ("CreateLogGroup", 0),
    ("PutRetentionPolicy", 1),
    ("CreateFunction", 0),
    ("UpdateFunctionCode", 1),
    ("UpdateFunctionConfiguration", 2),
    ("PublishVersion", 3),
    ("CreateAlias", 4),
    ("UpdateAlias", 4),
    ("AddPermission", 5),
    ("CreateStateMachine", 0),
    ("UpdateStateMachine", 0),
    ("CreateApi", 0),
    ("UpdateApi", 1),
    ("CreateIntegration", 2),
    ("CreateRoute", 3),
    ("CreateStage", 4),
    ("UpdateStage", 4),
];

/// How many calls the longest chain has.
pub(super) fn longest(calls: &[CallId]) -> usize {
    let links: Vec<Link<'_>> = calls.iter().map(link).collect();
    let mut lengths = vec![None; links.len()];
    (0..links.len()).map(|place| length(&links, place, &mut lengths)).max().unwrap_or_default()
}

fn length(links: &[Link<'_>], place: usize, lengths: &mut Vec<Option<usize>>) -> usize {
    if let Some(known) = lengths[place] {
        return known;
    }
    let before: Vec<usize> = (0..links.len()).filter(|other| *other != place && needs(links, place, *other)).collect();
    let longest = before.into_iter().map(|other| length(links, other, lengths)).max().unwrap_or_default();
    lengths[place] = Some(longest + 1);
    longest + 1
}

fn link(call: &CallId) -> Link<'_> {
    let operation = call.operation.as_str();
    let rank = RANKS.iter().find(|(name, _)| *name == operation).map(|(_, rank)| *rank);
    Link { thing: thing(call), rank, operation, later: call.occurrence > 1 }
}

/// The thing by its key: what follows the stack's name and, for a role, the region.
fn thing(call: &CallId) -> Thing<'_> {
    let operation = call.operation.as_str();
    let subject = call.subject.as_str();
    let name = subject.split(' ').next().unwrap_or_default();
    let key = name.rsplit(['-', '/', ':']).next().unwrap_or_default();
    let about = |words: &[&str]| words.iter().any(|word| operation.contains(word));
    match operation {
        "GetCallerIdentity" => Thing::Caller,
        _ if about(&["Role"]) => Thing::Role(key),
        _ if about(&["StateMachine"]) || subject.starts_with("stateMachine:") => Thing::Machine(key),
        "ListTagsForResource" => Thing::LogGroup(key),
        _ if about(&["LogGroup", "Retention"]) => Thing::LogGroup(key),
        _ if about(&["Api", "Integration", "Route", "Stage"]) => Thing::Api,
        _ => Thing::Function(key),
    }
}

/// Whether a call can't begin before another has been answered.
fn needs(links: &[Link<'_>], place: usize, other: usize) -> bool {
    let call = &links[place];
    let earlier = &links[other];
    match (call.rank, earlier.rank) {
        // The plan is made of everything that is there: nothing is written before all has been looked at.
        (Some(_), None) => !earlier.later && !verifies(links, earlier),
        // To prove what was written it is read again.
        (None, Some(_)) => call.thing == earlier.thing && (call.later || verifies(links, call)),
        // ARNs hold the account; what is in an API is asked with the id that the list gives.
        (None, None) => {
            (earlier.thing == Thing::Caller && matches!(call.thing, Thing::Machine(_)))
                || (earlier.operation == "GetApis" && in_an_api(call) && !earlier.later)
        }
        (Some(rank), Some(before)) if call.thing == earlier.thing => match rank == before {
            // Which of two equals is first is all one, but not both at once.
            true => at_odds(call.thing) && other < place,
            false => before < rank,
        },
        (Some(rank), Some(before)) => match (call.thing, earlier.thing) {
            (Thing::Function(key), Thing::Role(role)) => key == role && rank == 0,
            (Thing::Machine(key), Thing::Role(role)) => key == role,
            (Thing::Machine(key), Thing::Function(function)) => (key, function) == PINNED && before <= 3,
            (Thing::Function(_), Thing::Api) => call.operation == "AddPermission" && before == 0,
            _ => false,
        },
    }
}

fn in_an_api(call: &Link<'_>) -> bool {
    call.thing == Thing::Api && call.rank.is_none() && call.operation != "GetApis"
}

/// What is in an API that is made in the same run can only be read to look again.
fn verifies(links: &[Link<'_>], call: &Link<'_>) -> bool {
    in_an_api(call) && links.iter().any(|link| link.operation == "CreateApi")
}

/// Whether AWS refuses two writes to such a thing at once.
fn at_odds(thing: Thing<'_>) -> bool {
    matches!(thing, Thing::Function(_) | Thing::Api)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(calls: &[&str]) -> usize {
        let calls: Vec<CallId> = calls.iter().map(|call| call.parse().unwrap()).collect();
        longest(&calls)
    }

    #[test]
    fn reads_are_made_at_once() {
        assert_eq!(chain(&["GetRole(s-dev-us-east-1-a)#1", "GetFunction(s-dev-a)#1", "GetApis()#1"]), 1);
        assert_eq!(chain(&["GetApis()#1", "GetRoutes(api)#1", "GetStages(api)#1"]), 2);
    }

    #[test]
    fn a_function_needs_its_role_and_no_other() {
        let role =
            ["GetRole(s-dev-us-east-1-a)#1", "CreateRole(s-dev-us-east-1-a)#1", "PutRolePolicy(s-dev-us-east-1-a p)#1"];
        assert_eq!(chain(&[&role[..], &["CreateFunction(s-dev-a)#1"]].concat()), 4);
        assert_eq!(chain(&[&role[..], &["CreateFunction(s-dev-b)#1"]].concat()), 3);
    }

    #[test]
    fn the_observed_order_does_not_matter() {
        let calls =
            ["CreateStage(api dev)#1", "CreateRoute(api GET /)#1", "CreateRoute(api PUT /)#1", "CreateApi(s-dev)#1"];
        let mut reversed = calls;
        reversed.reverse();
        assert_eq!((chain(&calls), chain(&reversed)), (4, 4));
    }

    #[test]
    fn what_was_written_is_read_again() {
        assert_eq!(
            chain(&["GetRole(s-dev-us-east-1-a)#1", "CreateRole(s-dev-us-east-1-a)#1", "GetRole(s-dev-us-east-1-a)#2"]),
            3
        );
    }
}
