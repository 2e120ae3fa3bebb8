//! The scope and the date of a signature.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::guard::refusal::Refusal;

/// `KEY/20240101/us-east-1/states/aws4_request`.
pub(super) struct CredentialScope<'a> {
    pub(super) access_key_id: &'a str,
    date: &'a str,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    terminator: &'a str,
}

impl<'a> CredentialScope<'a> {
    /// Reads a credential.
    ///
    /// # Errors
    /// [`Refusal::Incomplete`] when it has another form.
    pub(super) fn read(credential: &'a str) -> Result<Self, Refusal> {
        match credential.split('/').collect::<Vec<_>>().as_slice() {
            [access_key_id, date, region, service, terminator] => {
                Ok(Self { access_key_id, date, region, service, terminator })
            }
            _ => Err(Refusal::Incomplete(format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got \
                 '{credential}'"
            ))),
        }
    }

    /// Compares it with the date of the signature.
    ///
    /// # Errors
    /// [`Refusal::WrongScope`] with what differs.
    pub(super) fn check(&self, date: &str) -> Result<(), Refusal> {
        if self.terminator != "aws4_request" {
            let text = "Credential should be scoped with a valid terminator: 'aws4_request', not";
            return Err(Refusal::WrongScope(format!("{text} '{}'.", self.terminator)));
        }
        match date.get(..8) {
            Some(day) if day == self.date => Ok(()),
            day => Err(Refusal::WrongScope(format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' != '{}', \
                 from '{date}'.",
                self.date,
                day.unwrap_or_default()
            ))),
        }
    }
}

/// Reads a date in ISO 8601's basic format: `20240101T000000Z`.
///
/// # Errors
/// [`Refusal::Incomplete`] when it has another form.
pub(super) fn read_date(text: &str) -> Result<Timestamp, Refusal> {
    let date = DateTime::strptime("%Y%m%dT%H%M%SZ", text).and_then(|date| date.to_zoned(TimeZone::UTC));
    date.map(|zoned| zoned.timestamp()).map_err(|_| {
        Refusal::Incomplete(format!(
            "Date must be in ISO-8601 'basic format'. Got '{text}'. See http://en.wikipedia.org/wiki/ISO_8601"
        ))
    })
}

/// A moment in ISO 8601's basic format.
pub(super) fn basic(moment: Timestamp) -> String {
    moment.strftime("%Y%m%dT%H%M%SZ").to_string()
}
