//! Executions as a table that fits the terminal.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::entries::Entry;
use crate::cli::time::moment;
use crate::cli::ui::table::{Cell, Column, fitted};
use crate::cli::ui::{Tone, visible};
use aws::executions::Status;

/// How a list is shown.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) zone: TimeZone,
    /// Whether there is more than one state machine to tell apart.
    pub(super) with_machines: bool,
}

impl Table {
    /// The entries with a heading, in so much room.
    pub(super) fn render(&self, entries: &[Entry], now: Timestamp, room: Option<usize>) -> String {
        let column = |heading: &str, least, rank| Column { heading: heading.to_owned(), least, rank };
        let started = format!("STARTED ({})", moment::zone_name(now, &self.zone));
        let mut columns = vec![column("NAME", 12, 0)];
        if self.with_machines {
            columns.push(column("MACHINE", 7, 1));
        }
        columns.extend([column("STATUS", 9, 0), column(&started, 19, 2), column("", 20, 0)]);
        let rows: Vec<Vec<Cell>> = entries.iter().map(|entry| self.row(entry, now)).collect();
        fitted(&columns, &rows, room)
    }

    fn row(&self, entry: &Entry, now: Timestamp) -> Vec<Cell> {
        let execution = &entry.execution;
        let plain = |text: String| Cell { text, tone: None };
        let mut cells = vec![plain(visible(&execution.name))];
        if self.with_machines {
            cells.push(plain(entry.machine.clone()));
        }
        let (progress_tone, progress) = progress(entry, now);
        cells.extend([
            Cell { text: execution.status.as_str().to_owned(), tone: Some(tone(execution.status)) },
            plain(moment::local_short(execution.start_date, &self.zone)),
            Cell { text: progress, tone: progress_tone },
        ]);
        cells
    }
}

/// What an execution does now, why it failed, or how long it took.
fn progress(entry: &Entry, now: Timestamp) -> (Option<Tone>, String) {
    let execution = &entry.execution;
    if let Some(line) = entry.failure.as_ref().and_then(|failure| failure.line()) {
        return (Some(tone(execution.status)), visible(&line).replace('\n', " "));
    }
    let text = match (execution.stop_date, &entry.waits_in, entry.waits_until) {
        (Some(end), _, _) => {
            format!("took {}", moment::measured(moment::ms_between(execution.start_date, end)))
        }
        (None, Some(_), Some(until)) if until > now => format!("fires {}", moment::relative(until, now)),
        (None, Some(_), Some(_)) => "fires now".to_owned(),
        (None, Some(state), None) => format!("waits in {}", visible(state)),
        (None, None, _) if entry.wait_error.is_some() => "not known".to_owned(),
        (None, None, _) => String::new(),
    };
    (None, text)
}

/// The tone of a status.
pub(in crate::cli::executions) fn tone(status: Status) -> Tone {
    match status {
        Status::Running | Status::PendingRedrive => Tone::Strong,
        Status::Succeeded => Tone::Good,
        Status::Aborted | Status::Unknown => Tone::Warning,
        Status::Failed | Status::TimedOut => Tone::Bad,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::history::failure::Failure;
    use aws::executions::Execution;
    use model::names::Arn;

    fn entry(name: &str, status: Status, took_ms: Option<i64>, until: Option<&str>) -> Entry {
        let start: Timestamp = "2026-11-22T07:56:00Z".parse().unwrap();
        Entry {
            machine: "order".to_owned(),
            execution: Execution {
                execution_arn: Arn::new(format!("arn:{name}")),
                state_machine_arn: Arn::new("arn:m"),
                name: name.to_owned(),
                status,
                start_date: start,
                stop_date: took_ms.map(|ms| moment::from_ms(start.as_millisecond() + ms)),
                redrive_count: 0,
                redrive_date: None,
            },
            waits_in: until.map(|_| "Wait".to_owned()),
            waits_until: until.and_then(|until| until.parse().ok()),
            wait_error: None,
            failure: None,
        }
    }

    fn shown(with_machines: bool, room: Option<usize>) -> String {
        let failure = Failure {
            state: Some("Charge".to_owned()),
            error: Some("Declined".to_owned()),
            cause: Some("the card has expired in\nOctober".to_owned()),
        };
        let entries = [
            entry("taskone", Status::Running, None, Some("2026-11-22T08:03:12Z")),
            entry("due", Status::Running, None, Some("2026-11-22T07:59:59Z")),
            entry("somewhere", Status::Running, None, Some("nobody can tell")),
            entry("works", Status::Running, None, None),
            Entry { wait_error: Some("why".to_owned()), ..entry("unread", Status::Running, None, None) },
            entry("done\u{1b}[2J", Status::Succeeded, Some(192_244), None),
            entry("slow", Status::TimedOut, Some(1_005), None),
            Entry { failure: Some(failure), ..entry("order-0w3k9v2m", Status::Failed, Some(12), None) },
        ];
        let table = Table { zone: TimeZone::UTC, with_machines };
        let text = table.render(&entries, "2026-11-22T08:00:00Z".parse().unwrap(), room);
        anstream::adapter::strip_str(&text).to_string()
    }

    #[test]
    fn the_list_counts_down() {
        insta::assert_snapshot!(shown(false, None), @r"
        NAME            STATUS     STARTED (UTC)
        taskone         RUNNING    2026-11-22 07:56:00  fires in 3 m 12 s
        due             RUNNING    2026-11-22 07:56:00  fires now
        somewhere       RUNNING    2026-11-22 07:56:00  waits in Wait
        works           RUNNING    2026-11-22 07:56:00
        unread          RUNNING    2026-11-22 07:56:00  not known
        done\u{1b}[2J   SUCCEEDED  2026-11-22 07:56:00  took 3 m 12 s
        slow            TIMED_OUT  2026-11-22 07:56:00  took 1.005 s
        order-0w3k9v2m  FAILED     2026-11-22 07:56:00  Charge: Declined: the card has expired in October
        ");
    }

    #[test]
    fn the_list_fits_the_terminal() {
        insta::assert_snapshot!(shown(true, Some(120)), @r"
        NAME            MACHINE  STATUS     STARTED (UTC)
        taskone         order    RUNNING    2026-11-22 07:56:00  fires in 3 m 12 s
        due             order    RUNNING    2026-11-22 07:56:00  fires now
        somewhere       order    RUNNING    2026-11-22 07:56:00  waits in Wait
        works           order    RUNNING    2026-11-22 07:56:00
        unread          order    RUNNING    2026-11-22 07:56:00  not known
        done\u{1b}[2J   order    SUCCEEDED  2026-11-22 07:56:00  took 3 m 12 s
        slow            order    TIMED_OUT  2026-11-22 07:56:00  took 1.005 s
        order-0w3k9v2m  order    FAILED     2026-11-22 07:56:00  Charge: Declined: the card has expired in October
        ");
        insta::assert_snapshot!(shown(true, Some(80)), @r"
        NAME            MACHINE  STATUS     STARTED (UTC)
        taskone         order    RUNNING    2026-11-22 07:56:00  fires in 3 m 12 s
        due             order    RUNNING    2026-11-22 07:56:00  fires now
        somewhere       order    RUNNING    2026-11-22 07:56:00  waits in Wait
        works           order    RUNNING    2026-11-22 07:56:00
        unread          order    RUNNING    2026-11-22 07:56:00  not known
        done\u{1b}[2J   order    SUCCEEDED  2026-11-22 07:56:00  took 3 m 12 s
        slow            order    TIMED_OUT  2026-11-22 07:56:00  took 1.005 s
        order-0w3k9v2m  order    FAILED     2026-11-22 07:56:00  Charge: Declined: the…
        ");
        insta::assert_snapshot!(shown(true, Some(60)), @r"
        NAME            MACHINE  STATUS
        taskone         order    RUNNING    fires in 3 m 12 s
        due             order    RUNNING    fires now
        somewhere       order    RUNNING    waits in Wait
        works           order    RUNNING
        unread          order    RUNNING    not known
        done\u{1b}[2J   order    SUCCEEDED  took 3 m 12 s
        slow            order    TIMED_OUT  took 1.005 s
        order-0w3k9v2m  order    FAILED     Charge: Declined: the c…
        ");
    }
}
