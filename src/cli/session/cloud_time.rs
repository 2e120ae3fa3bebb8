//! The embedded cloud's time, which its clock may have been moved to: asked for whenever a command compares a moment with now.

use std::pin::Pin;

use cloud_server::{DataDir, Ready, TimeReport, lifecycle};
use jiff::Timestamp;

use crate::cli::time::moment;
use aws::clock::{self, CloudClock};

/// The clock of an embedded cloud that runs.
#[derive(Debug)]
pub(crate) struct EmbeddedClock {
    data_dir: DataDir,
    ready: Ready,
}

impl EmbeddedClock {
    pub(crate) fn new(data_dir: DataDir, ready: Ready) -> Self {
        Self { data_dir, ready }
    }
}

impl CloudClock for EmbeddedClock {
    fn now(&self) -> Pin<Box<dyn Future<Output = Timestamp> + Send + '_>> {
        Box::pin(async {
            match lifecycle::time(&self.data_dir, &self.ready).await {
                Ok(report) => report.now,
                Err(error) => {
                    // One that ends just now: the command's next call says so.
                    tracing::debug!(%error, "the embedded cloud does not tell its time");
                    clock::now()
                }
            }
        })
    }
}

/// What is said of a clock that was moved; nothing where it is the machine's.
pub(crate) fn sentence(clock: &str, report: &TimeReport) -> Option<String> {
    let now = format!("{:.0}", report.now);
    // To the second: two looks at two clocks are some milliseconds apart.
    let ahead_ms = report.ahead_ms.saturating_add(500 * report.ahead_ms.signum()) / 1_000 * 1_000;
    let ahead = match ahead_ms {
        0 => None,
        ms if ms > 0 => Some(format!("{} ahead of this machine's", moment::duration(ms))),
        ms => Some(format!("{} behind this machine's", moment::duration(ms))),
    };
    match (report.stands_still, ahead) {
        (_, ahead) if report.is_moving => Some(format!(
            "{clock} is just being moved: it shows {now}{}.",
            ahead.map_or(String::new(), |it| format!(", {it}"))
        )),
        (true, ahead) => {
            let ahead = ahead.map_or(String::new(), |it| format!(", {it}"));
            Some(format!("{clock} stands still at {now}{ahead}: `workshop local time --advance 1h` moves it."))
        }
        (false, Some(ahead)) => Some(format!("{clock} was moved: it shows {now}, {ahead}.")),
        (false, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_clock_is_told_and_an_unmoved_one_is_not() {
        let now: Timestamp = "2027-01-01T08:00:00.25Z".parse().unwrap();
        let told = |ahead_ms, stands_still, is_moving| {
            sentence("Its clock", &TimeReport { now, ahead_ms, stands_still, is_moving })
                .unwrap_or_else(|| "-".to_owned())
        };
        let all = [
            told(499, false, false),
            told(2 * 3_600_000 - 7, false, false),
            told(1, true, false),
            told(-90_000, true, false),
            told(86_400_000, false, true),
        ];
        insta::assert_snapshot!(all.join("\n"), @r"
        -
        Its clock was moved: it shows 2027-01-01T08:00:00Z, 2 h ahead of this machine's.
        Its clock stands still at 2027-01-01T08:00:00Z: `workshop local time --advance 1h` moves it.
        Its clock stands still at 2027-01-01T08:00:00Z, 1 m 30 s behind this machine's: `workshop local time --advance 1h` moves it.
        Its clock is just being moved: it shows 2027-01-01T08:00:00Z, 1 d ahead of this machine's.
        ");
    }
}
