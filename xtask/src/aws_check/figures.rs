//! What a command's `--verbose` lines tell: how many calls it made, and what it waited for.

use std::collections::BTreeMap;

/// What `--verbose` told of one command.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Figures {
    /// Calls of AWS's APIs, each attempt counted.
    pub(super) calls: usize,
    /// Those that may have changed something.
    pub(super) writes: usize,
    /// Those that were refused for throttling, by the words with which a command says so.
    pub(super) asked_to_slow_down: Vec<String>,
    /// The longest wait for each thing, in seconds.
    pub(super) waits_s: BTreeMap<String, u64>,
}

impl Figures {
    pub(super) fn of(stderr: &str) -> Self {
        let mut figures = Self::default();
        for line in stderr.lines() {
            if let Some(operation) = operation(line) {
                figures.calls += 1;
                let reads = ["Get", "List", "Describe", "Filter"].iter().any(|start| operation.starts_with(start));
                figures.writes += usize::from(!reads);
            } else if let Some((service, _)) = line.split_once(" asks to slow down") {
                figures.asked_to_slow_down.push(service.to_owned());
            } else if let Some((what, seconds)) = wait(line) {
                let longest = figures.waits_s.entry(what.to_owned()).or_default();
                *longest = seconds.max(*longest);
            }
        }
        figures
    }

    /// The waits as words.
    pub(super) fn waits(&self) -> String {
        if self.waits_s.is_empty() {
            return "nothing".to_owned();
        }
        self.waits_s.iter().map(|(what, seconds)| format!("{what} ({seconds} s)")).collect::<Vec<_>>().join(", ")
    }
}

/// The operation of a line such as `  lambda:GetFunction   200   12 ms`.
fn operation(line: &str) -> Option<&str> {
    let call = line.strip_prefix("  ")?.split_whitespace().next()?;
    let (service, operation) = call.split_once(':')?;
    let is_service = ["apigateway", "iam", "lambda", "logs", "states", "sts"].contains(&service);
    (is_service && operation.starts_with(|first: char| first.is_ascii_uppercase())).then_some(operation)
}

/// What a line such as `function sendEmail waits for its new role (6 s)` waits for, and for how long so far.
fn wait(line: &str) -> Option<(&str, u64)> {
    let (_, wait) = line.split_once(" waits for ")?;
    let (what, seconds) = wait.strip_suffix(" s)")?.rsplit_once(" (")?;
    Some((what, seconds.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_and_waits_are_read_from_what_a_command_says() {
        let said = "Deploying.
  sts:GetCallerIdentity               200     31 ms  request 1
  lambda:CreateFunction               400     12 ms  request 2
function sendEmail waits for its new role to be known everywhere in AWS (0 s)
function sendEmail waits for its new role to be known everywhere in AWS (6 s)
  retry: trying again (attempts 1)
IAM asks to slow down; trying again for up to 2 minutes.
created function sendEmail (6511 ms)
";
        let figures = Figures::of(said);
        assert_eq!(
            (figures.calls, figures.writes, figures.asked_to_slow_down.as_slice()),
            (2, 1, &["IAM".to_owned()][..])
        );
        assert_eq!(figures.waits(), "its new role to be known everywhere in AWS (6 s)");
        assert_eq!(Figures::of("").waits(), "nothing");
    }
}
