//! One poll of a log group: all its pages, the new lines handed over page by page.

use crate::cli::log_events::window::Window;
use aws::log_events::{self, LogEvent, Query};
use aws::{Aws, AwsError};

/// The page at which a poll whose call failed goes on. Beginning again would ask for the same pages as often as one is
/// refused, and where many are the last would never be reached.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place(Option<String>);

/// Reads every page of a query, from the place where the last poll failed if it did, and hands the lines that the window has
/// not seen to `each`. Answers whether the group is there at all.
///
/// # Errors
/// A call failed, or `each` did; lines already handed over are not handed over again by the next poll.
pub(crate) async fn poll<E: From<AwsError>>(
    aws: &Aws,
    query: &Query<'_>,
    window: &mut Window,
    place: &mut Place,
    mut each: impl FnMut(Vec<LogEvent>) -> Result<(), E>,
) -> Result<bool, E> {
    let mut token = place.0.take();
    if token.is_none() {
        window.begin();
    }
    loop {
        let page = match log_events::filter(aws, query, token.clone()).await {
            Ok(page) => page,
            Err(error) if error.is_not_found() => return Ok(false),
            Err(error) => {
                place.0 = token;
                return Err(error.into());
            }
        };
        let new = window.take(page.events);
        if !new.is_empty() {
            each(new)?;
        }
        token = page.next_token;
        if token.is_none() {
            window.slide(aws.now().await.as_millisecond());
            return Ok(true);
        }
    }
}
