//! How a key's value is compared with a condition's value.

use std::cmp::Ordering;
use std::net::IpAddr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Comparison;
use crate::pattern::Pattern;
use crate::variables::Variables;

/// Whether a value matches, before a negated comparison turns the answer round.
pub(super) fn matches(comparison: Comparison, wanted: &str, value: &str, variables: Variables<'_>) -> bool {
    use Comparison as C;
    match comparison {
        C::StringEquals | C::StringNotEquals => is_text(wanted, variables, |wanted| wanted == value),
        C::StringEqualsIgnoreCase | C::StringNotEqualsIgnoreCase => {
            is_text(wanted, variables, |wanted| wanted.to_lowercase() == value.to_lowercase())
        }
        C::StringLike | C::StringNotLike => fits(Pattern::text(wanted, variables), value),
        C::ArnEquals | C::ArnNotEquals | C::ArnLike | C::ArnNotLike => fits(Pattern::arn(wanted, variables), value),
        C::Bool => is_text(wanted, variables, |wanted| wanted.eq_ignore_ascii_case(value)),
        C::BinaryEquals => wanted == value,
        C::IpAddress | C::NotIpAddress => is_in_range(value, wanted).unwrap_or(false),
        C::NumericEquals | C::NumericNotEquals => number(wanted, value, Ordering::is_eq),
        C::NumericLessThan => number(wanted, value, Ordering::is_lt),
        C::NumericLessThanEquals => number(wanted, value, Ordering::is_le),
        C::NumericGreaterThan => number(wanted, value, Ordering::is_gt),
        C::NumericGreaterThanEquals => number(wanted, value, Ordering::is_ge),
        C::DateEquals | C::DateNotEquals => date(wanted, value, Ordering::is_eq),
        C::DateLessThan => date(wanted, value, Ordering::is_lt),
        C::DateLessThanEquals => date(wanted, value, Ordering::is_le),
        C::DateGreaterThan => date(wanted, value, Ordering::is_gt),
        C::DateGreaterThanEquals => date(wanted, value, Ordering::is_ge),
        // Asks whether the key is there, not what it is.
        C::Null => false,
    }
}

fn is_text(wanted: &str, variables: Variables<'_>, is: impl FnOnce(&str) -> bool) -> bool {
    variables.replace(wanted).is_some_and(|wanted| is(&wanted))
}

fn fits(pattern: Option<Pattern>, value: &str) -> bool {
    pattern.is_some_and(|pattern| pattern.matches(value))
}

fn number(wanted: &str, value: &str, is: fn(Ordering) -> bool) -> bool {
    let read = |text: &str| text.parse::<f64>().ok();
    read(value).zip(read(wanted)).and_then(|(value, wanted)| value.partial_cmp(&wanted)).is_some_and(is)
}

fn date(wanted: &str, value: &str, is: fn(Ordering) -> bool) -> bool {
    moment(value).zip(moment(wanted)).is_some_and(|(value, wanted)| is(value.cmp(&wanted)))
}

/// A date, a date with a time and a zone, or the seconds since 1970.
fn moment(text: &str) -> Option<Timestamp> {
    if let Ok(seconds) = text.parse::<i64>() {
        return Timestamp::from_second(seconds).ok();
    }
    let of_day = || Some(text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp());
    text.parse().ok().or_else(of_day)
}

/// Whether an address is in a range such as `203.0.113.0/24`; a range without a length is one address.
fn is_in_range(address: &str, range: &str) -> Option<bool> {
    let address: IpAddr = address.parse().ok()?;
    let (network, length) = match range.split_once('/') {
        Some((network, length)) => (network, Some(length.parse::<u32>().ok()?)),
        None => (range, None),
    };
    let network: IpAddr = network.parse().ok()?;
    let (address, network, width) = match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            (u128::from(address.to_bits()), u128::from(network.to_bits()), 32)
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => (address.to_bits(), network.to_bits(), 128),
        _ => return Some(false),
    };
    let host_bits = width - length.unwrap_or(width).min(width);
    let prefix = |bits: u128| bits.checked_shr(host_bits).unwrap_or(0);
    Some(prefix(address) == prefix(network))
}
