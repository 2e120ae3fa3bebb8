//! Says what a command waits for before it makes a call again.

use super::Ui;
use super::text::{Tone, toned};
use aws::retry::{Wait, WaitCause};

impl Ui {
    /// Says on stderr that a wait begins. Nobody needs to do anything while it lasts.
    pub(crate) fn wait(&self, wait: Wait) {
        self.note_beside_progress(toned(Tone::Warning, sentence(wait)));
    }
}

fn sentence(wait: Wait) -> String {
    let Wait { service, cause, limit } = wait;
    let what = match cause {
        WaitCause::Throttled => format!("{service} asks to slow down"),
        WaitCause::ServiceFault => format!("{service} reports a fault of its own"),
        WaitCause::Connection => format!("The connection to {service} is lost"),
    };
    let limit = match limit.as_secs() {
        seconds if seconds >= 60 && seconds % 60 == 0 => format!("{} minutes", seconds / 60),
        seconds => format!("{seconds} seconds"),
    };
    format!("{what}; trying again for up to {limit}.")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_wait_is_told_with_its_limit() {
        let told = |service, cause, limit_s| sentence(Wait { service, cause, limit: Duration::from_secs(limit_s) });
        insta::assert_snapshot!(told("Step Functions", WaitCause::Throttled, 120), @"Step Functions asks to slow down; trying again for up to 2 minutes.");
        insta::assert_snapshot!(told("IAM", WaitCause::ServiceFault, 30), @"IAM reports a fault of its own; trying again for up to 30 seconds.");
        insta::assert_snapshot!(told("Lambda", WaitCause::Connection, 10), @"The connection to Lambda is lost; trying again for up to 10 seconds.");
    }
}
