//! The `Authorization` header of AWS Signature Version 4, read as strictly as AWS does.

use cloud_core::Request;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::refusal::Refusal;

/// The one algorithm.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// How far the date of a signature may be from now.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// What a signed request says of its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Authorization {
    pub(crate) access_key_id: String,
    pub(crate) region: String,
    pub(crate) service: String,
    /// Names of the headers that are signed, in lower case.
    pub(crate) signed_headers: Vec<String>,
    /// 64 hexadecimal digits.
    pub(crate) signature: String,
    /// When it was signed, by `X-Amz-Date`.
    pub(crate) signed_at: Timestamp,
}

impl Authorization {
    /// Reads the header, and the date beside it.
    ///
    /// # Errors
    /// The refusal of a header that lacks something, or whose scope is none.
    pub(crate) fn read(request: &Request) -> Result<Self, Refusal> {
        let header = request.header("authorization").ok_or(Refusal::Unsigned)?;
        let parameters = header.trim().strip_prefix(ALGORITHM).ok_or_else(|| unsupported(header))?;
        let parameter = |name: &str| {
            let mut pairs = parameters.split(',').filter_map(|pair| pair.trim().split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value).filter(|value| !value.is_empty())
        };
        let credential = parameter("Credential");
        let signature = parameter("Signature");
        let signed_headers = parameter("SignedHeaders");
        let date = request.header("x-amz-date");
        let (Some(credential), Some(signature), Some(signed_headers), Some(date)) =
            (credential, signature, signed_headers, date)
        else {
            let missing = [
                ("Credential", credential.is_none()),
                ("Signature", signature.is_none()),
                ("SignedHeaders", signed_headers.is_none()),
            ];
            return Err(incomplete(&missing, date.is_none()));
        };
        let signed_at = read_date(date).ok_or_else(|| {
            Refusal::Incomplete(format!(
                "Date must be in ISO-8601 'basic format'. Got '{date}'. See http://en.wikipedia.org/wiki/ISO_8601"
            ))
        })?;
        let scope = Scope::read(credential)?;
        scope.check(date)?;
        Ok(Self {
            access_key_id: scope.access_key_id.to_owned(),
            region: scope.region.to_owned(),
            service: scope.service.to_owned(),
            signed_headers: signed_headers.split(';').map(str::to_ascii_lowercase).collect(),
            signature: signature.to_owned(),
            signed_at,
        })
    }

    /// Refuses a signature of another time than `now`.
    ///
    /// # Errors
    /// AWS's text with both times.
    pub(crate) fn check_time(&self, now: Timestamp) -> Result<(), Refusal> {
        let signed = basic(self.signed_at);
        let earliest = now - SKEW;
        let latest = now + SKEW;
        if self.signed_at < earliest {
            let text = format!("{} ({} - 5 min.)", basic(earliest), basic(now));
            return Err(Refusal::WrongScope(format!("Signature expired: {signed} is now earlier than {text}")));
        }
        if self.signed_at > latest {
            let text = format!("{} ({} + 5 min.)", basic(latest), basic(now));
            return Err(Refusal::WrongScope(format!("Signature not yet current: {signed} is still later than {text}")));
        }
        Ok(())
    }
}

/// `KEY/20240101/us-east-1/states/aws4_request`.
struct Scope<'a> {
    access_key_id: &'a str,
    date: &'a str,
    region: &'a str,
    service: &'a str,
    terminator: &'a str,
}

impl<'a> Scope<'a> {
    fn read(credential: &'a str) -> Result<Self, Refusal> {
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

    fn check(&self, date: &str) -> Result<(), Refusal> {
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

fn unsupported(header: &str) -> Refusal {
    let algorithm = header.split_whitespace().next().unwrap_or_default();
    Refusal::Incomplete(format!("Unsupported AWS 'algorithm': '{algorithm}'."))
}

fn incomplete(parameters: &[(&str, bool)], no_date: bool) -> Refusal {
    let missing = parameters.iter().filter(|(_, missing)| *missing);
    let mut sentences: Vec<String> =
        missing.map(|(name, _)| format!("Authorization header requires '{name}' parameter.")).collect();
    if no_date {
        let text = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.";
        sentences.push(text.to_owned());
    }
    Refusal::Incomplete(sentences.join(" "))
}

fn read_date(text: &str) -> Option<Timestamp> {
    let date = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    date.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// A moment in ISO 8601's basic format: `20240101T000000Z`.
fn basic(moment: Timestamp) -> String {
    moment.strftime("%Y%m%dT%H%M%SZ").to_string()
}
