//! The check itself: the lesson from deploy to its email, each part measured.

use super::figures::Figures;
use super::program::{Ended, Program};
use crate::failure::Failure;
use crate::say;
use std::time::Duration;

/// What `sendEmail` logs when its moment has come.
const EMAIL_LINE: &str = "send email triggered at";

/// How long an endpoint may take until it answers well.
const ENDPOINT_LIMIT: Duration = Duration::from_secs(90);

/// How long after its moment an execution's line may show.
const LINE_LIMIT: Duration = Duration::from_secs(120);

/// The delay of the executions, in seconds: time enough to begin a tail.
const AHEAD_S: u64 = 15;

/// Runs every part and gives the report.
pub(super) fn all(program: &Program) -> Result<String, Failure> {
    let mut report = vec![format!("Measured with the stage {}:", program.stage())];
    say::headline("Deploy the lesson");
    let fresh = program.ok(&["deploy", "--verbose"])?;
    report.push(deployed("fresh deploy", &fresh));
    say::headline("Ask the endpoint at once");
    report.push(first_answer(program)?);
    say::headline("Wait for the email");
    let tail = program.until(&["logs", "-f", "sendEmail", "-t"], EMAIL_LINE, LINE_LIMIT)?;
    report.push(format!(
        "  tail: the line showed {:.1} s after the tail began (due after {AHEAD_S} s or less)",
        seconds(tail)
    ));
    say::headline("Follow a second execution to its end");
    let followed = program.ok(&["start", "--task", "second", "--at", "+5s", "--follow", "--verbose"])?;
    if !followed.stdout.contains(EMAIL_LINE) {
        return Err(Failure::new(format!("the followed execution did not show its line:\n{}", followed.stdout)));
    }
    report.push(deployed("start --follow", &followed));
    for command in ["list", "show second"] {
        let arguments: Vec<&str> = command.split(' ').chain(["--verbose"]).collect();
        report.push(deployed(command, &program.ok(&arguments)?));
    }
    say::headline("Deploy again, unchanged");
    let again = program.ok(&["deploy", "--verbose"])?;
    report.push(deployed("unchanged deploy", &again));
    let writes = Figures::of(&again.stderr).writes;
    if writes > 0 {
        return Err(Failure::new(format!("a deploy of nothing new made {writes} writes:\n{}", again.stderr)));
    }
    Ok(report.join("\n"))
}

/// Posts until the endpoint starts an execution: an API, its stage and the permission to invoke take their time.
fn first_answer(program: &Program) -> Result<String, Failure> {
    let at = format!("+{AHEAD_S}s");
    let mut waited = Duration::ZERO;
    let mut refused = Vec::new();
    loop {
        let ended = program.run(&["start", "--task", "first", "--at", &at, "--verbose"])?;
        waited += ended.took;
        if ended.code == Some(0) {
            let before = if refused.is_empty() { String::new() } else { format!(", after: {}", refused.join(" | ")) };
            return Ok(format!("  first answer: {:.1} s after the deploy{before}", seconds(waited)));
        }
        let why = ended.stderr.lines().find(|line| line.contains("error:")).unwrap_or("no sentence").to_owned();
        refused.push(why);
        if waited > ENDPOINT_LIMIT {
            return Err(Failure::new(format!("the endpoint did not answer well: {}", refused.join(" | "))));
        }
        let pause = Duration::from_secs(1);
        program.pause(pause)?;
        waited += pause;
    }
}

/// A command's line in the report.
fn deployed(what: &str, ended: &Ended) -> String {
    let figures = Figures::of(&ended.stderr);
    let slow = match figures.asked_to_slow_down.as_slice() {
        [] => String::new(),
        services => format!("; asked to slow down by {}", services.join(", ")),
    };
    format!(
        "  {what}: {:.1} s, {} calls ({} writes); waited for {}{slow}",
        seconds(ended.took),
        figures.calls,
        figures.writes,
        figures.waits()
    )
}

fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}
