//! A function's log as AWS sends it: a live tail, begun again when its time is over or its connection breaks.

use std::time::Duration;

use indicatif::ProgressBar;

use super::tail::{Tail, notify};
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::cli::time::backoff::{Backoff, Decision};
use crate::cli::ui::Ui;
use aws::live_tail::{self, LiveTail};
use aws::{AwsError, clock};

const PRICE: &str =
    "A live tail costs about 0.01 US dollars a minute, after 1,800 free minutes a month; Ctrl-C ends it.";
const SAMPLED: &str = "More than 500 lines a second match: AWS sends some of them.";
const OVER: &str = "AWS ends a live tail after three hours; it begins again.";

/// How a session ended that did not end the command.
enum SessionEnd {
    Over,
    Failed(AwsError),
}

impl Tail<'_> {
    /// Shows lines as they arrive from now on. It never ends by itself.
    pub(super) async fn live(&self, session: &Session, ui: &Ui, interval: Duration) -> Result<(), CliError> {
        ui.note(PRICE);
        let aws = &session.aws;
        let group = session.stack.log_group_arn(&self.group);
        let mut backoff = Backoff::new(interval, &aws.random);
        let bar = ui.countdown();
        let mut sampled = false;
        loop {
            let end = match live_tail::start(aws, &group, self.filter).await {
                Ok(tail) => {
                    if let Some(news) = backoff.succeeded(clock::now()) {
                        notify(ui, &bar, &news);
                    }
                    self.show(tail, ui, &bar, &mut sampled).await?
                }
                Err(error) if error.is_not_found() => {
                    let message = format!("{} has no log yet: it was never deployed or never run.", self.function);
                    return Err(
                        CliError::from(error).try_this(format!("{message} A tail without `--live` waits for it."))
                    );
                }
                Err(error) => SessionEnd::Failed(error),
            };
            match end {
                SessionEnd::Over => notify(ui, &bar, OVER),
                SessionEnd::Failed(error) => match backoff.failed(&error, clock::now()) {
                    Decision::Retry(news) => {
                        let missed = |news: &str| format!("{news} Lines that arrive meanwhile are not shown.");
                        news.iter().for_each(|news| notify(ui, &bar, &missed(news)));
                    }
                    Decision::GiveUp => return Err(error.into()),
                },
            }
            clock::pause(backoff.delay()).await;
        }
    }

    /// Prints what one session sends.
    async fn show(
        &self,
        mut tail: LiveTail,
        ui: &Ui,
        bar: &ProgressBar,
        sampled: &mut bool,
    ) -> Result<SessionEnd, CliError> {
        loop {
            match tail.next().await {
                Ok(Some(update)) => {
                    if update.sampled && !std::mem::replace(sampled, true) {
                        notify(ui, bar, SAMPLED);
                    }
                    self.print(ui, bar, &update.events)?;
                }
                Ok(None) => return Ok(SessionEnd::Over),
                Err(error) => return Ok(SessionEnd::Failed(error)),
            }
        }
    }
}
