//! The present as HTTP writes it.

use cloud_core::Clock;

/// Such as `Tue, 29 Apr 2014 18:30:38 GMT`.
pub(super) fn http_date(clock: &Clock) -> String {
    clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
