//! One poll of a log group: all its pages, the new lines handed over page by page.

use crate::cli::log_events::window::Window;
use aws::clock;
use aws::log_events::{self, LogEvent, Query};
use aws::{Aws, AwsError};

/// Reads every page of a query and hands the lines that the window has not seen to `each`. Answers whether the group is
/// there at all.
///
/// # Errors
/// A call failed, or `each` did; lines already handed over are not handed over again by the next poll.
pub(crate) async fn poll<E: From<AwsError>>(
    aws: &Aws,
    query: &Query<'_>,
    window: &mut Window,
    mut each: impl FnMut(Vec<LogEvent>) -> Result<(), E>,
) -> Result<bool, E> {
    let mut token = None;
    window.begin();
    loop {
        let page = match log_events::filter(aws, query, token).await {
            Ok(page) => page,
            Err(error) if error.is_not_found() => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        let new = window.take(page.events);
        if !new.is_empty() {
            each(new)?;
        }
        token = page.next_token;
        if token.is_none() {
            window.slide(clock::now().as_millisecond());
            return Ok(true);
        }
    }
}
