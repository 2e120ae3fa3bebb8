//! How callers name a function: by name, partial ARN or ARN, with or without a version.

use super::error::ServiceError;
use super::location::{Account, Location};

/// The version that a function's changes go to.
pub const LATEST: &str = "$LATEST";

/// The pattern of AWS's own validation message (API model, `NamespacedFunctionName`).
const PATTERN: &str = "(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?";

/// The same for a qualifier.
const QUALIFIER_PATTERN: &str = "\\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+";

/// The longest function name (Lambda API reference: "limited to 64 characters in length" where it is the name alone).
const MAX_NAME: usize = 64;

/// The longest qualifier (API model, `Alias`).
const MAX_QUALIFIER: usize = 128;

/// A function, and perhaps a version or an alias of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionReference {
    /// Where it is.
    pub location: Location,
    /// Its name.
    pub name: String,
    /// `$LATEST`, a number or an alias, when one was given.
    pub qualifier: Option<String>,
}

impl FunctionReference {
    /// Reads a name, a partial ARN (`123456789012:function:name`) or an ARN; `location` is used for what it does not name.
    ///
    /// # Errors
    /// `ValidationException` when it is none of these.
    pub fn parse(text: &str, location: &Location) -> Result<Self, ServiceError> {
        let parts: Vec<&str> = text.split(':').collect();
        let (location, rest) = match parts.as_slice() {
            ["arn", _, "lambda", region, account, "function", rest @ ..] => {
                let account = Account::parse(account).filter(|_| is_region(region)).ok_or_else(|| invalid(text))?;
                (Location::new(account, region), rest)
            }
            [account, "function", rest @ ..] if Account::parse(account).is_some() => {
                (Location::new(Account::parse(account).unwrap_or_default(), location.region()), rest)
            }
            ["function", rest @ ..] => (location.clone(), rest),
            rest => (location.clone(), rest),
        };
        let (name, qualifier) = match rest {
            [name] => (*name, None),
            [name, qualifier] => (*name, Some((*qualifier).to_owned())),
            _ => return Err(invalid(text)),
        };
        if is_plain(name, usize::MAX) && name.len() > MAX_NAME {
            return Err(refused(text, &format!("have length less than or equal to {MAX_NAME}")));
        }
        if !is_name(name) || qualifier.as_deref().is_some_and(|qualifier| !is_qualifier(qualifier)) {
            return Err(invalid(text));
        }
        Ok(Self { location, name: name.to_owned(), qualifier })
    }

    /// The same function with the qualifier that came beside its name, if one did.
    ///
    /// # Errors
    /// `ValidationException` when it can be none; `InvalidParameterValueException` when the name has another one.
    pub fn qualified(mut self, beside: Option<String>) -> Result<Self, ServiceError> {
        let Some(qualifier) = beside else {
            return Ok(self);
        };
        if !is_qualifier(&qualifier) {
            let message = format!(
                "1 validation error detected: Value '{qualifier}' at 'qualifier' failed to satisfy constraint: Member must \
                 satisfy regular expression pattern: {QUALIFIER_PATTERN}"
            );
            return Err(ServiceError::bad_request("ValidationException", message));
        }
        if self.qualifier.as_ref().is_some_and(|named| *named != qualifier) {
            let message = "The derived qualifier from the function name does not match the specified qualifier.";
            return Err(ServiceError::bad_request("InvalidParameterValueException", message));
        }
        self.qualifier = Some(qualifier);
        Ok(self)
    }

    /// Refuses a function of another region: Lambda reaches none.
    ///
    /// # Errors
    /// `ResourceNotFoundException`.
    pub fn check_region(&self, asked: &str) -> Result<(), ServiceError> {
        let named = self.location.region();
        if named == asked {
            return Ok(());
        }
        let message = format!("Functions from '{named}' are not reachable in this region ('{asked}')");
        Err(ServiceError::new(404, "ResourceNotFoundException", message))
    }

    /// A version or an alias of the same function.
    pub fn with(&self, qualifier: &str) -> Self {
        Self { qualifier: Some(qualifier.to_owned()), ..self.clone() }
    }

    /// The function itself.
    pub fn unqualified(&self) -> Self {
        Self { qualifier: None, ..self.clone() }
    }

    /// The key under which the function is kept.
    pub fn key(&self) -> String {
        self.location.key(&self.name)
    }

    /// The ARN as it was asked for.
    pub fn arn(&self) -> String {
        let arn = self.location.arn("lambda", &format!("function:{}", self.name));
        match &self.qualifier {
            Some(qualifier) => format!("{arn}:{qualifier}"),
            None => arn,
        }
    }

    /// The function's log group.
    pub fn log_group(&self) -> String {
        format!("/aws/lambda/{}", self.name)
    }

    /// The error of an alias that is not there, where AWS tells it from a version.
    pub fn alias_not_found(&self) -> ServiceError {
        ServiceError::new(404, "ResourceNotFoundException", format!("Cannot find alias arn: {}", self.arn()))
    }

    /// The error of a function, or version, that is not there.
    pub fn not_found(&self) -> ServiceError {
        ServiceError::new(404, "ResourceNotFoundException", format!("Function not found: {}", self.arn()))
    }
}

/// `eu-west-1`, `us-gov-east-1`, `us-isob-east-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let letters = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let number = |part: &str| part.len() == 1 && part.bytes().all(|byte| byte.is_ascii_digit());
    match parts.as_slice() {
        [country, area, last] => country.len() == 2 && letters(country) && letters(area) && number(last),
        [country, partition, area, last] => letters(country) && letters(partition) && letters(area) && number(last),
        _ => false,
    }
}

fn is_name(name: &str) -> bool {
    is_plain(name, MAX_NAME)
}

fn is_qualifier(qualifier: &str) -> bool {
    qualifier == LATEST || is_plain(qualifier, MAX_QUALIFIER)
}

fn is_plain(text: &str, most: usize) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    !text.is_empty() && text.len() <= most && text.bytes().all(plain)
}

fn invalid(text: &str) -> ServiceError {
    refused(text, &format!("satisfy regular expression pattern: {PATTERN}"))
}

fn refused(text: &str, constraint: &str) -> ServiceError {
    let message = format!(
        "1 validation error detected: Value '{text}' at 'functionName' failed to satisfy constraint: Member must {constraint}"
    );
    ServiceError::bad_request("ValidationException", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<(String, Option<String>)> {
        let reference = FunctionReference::parse(text, &Location::from_key_prefix("eu-west-1")).ok()?;
        Some((reference.key(), reference.qualifier))
    }

    #[test]
    fn reads_every_form() {
        let here = Some(("eu-west-1/f".to_owned(), None));
        assert_eq!(parse("f"), here);
        assert_eq!(parse("000000000000:function:f"), here);
        assert_eq!(parse("function:f"), here);
        assert_eq!(parse("f:$LATEST"), Some(("eu-west-1/f".to_owned(), Some("$LATEST".to_owned()))));
        let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
        assert_eq!(parse(arn), Some(("us-east-1/f".to_owned(), None)));
        assert_eq!(parse(&format!("{arn}:7")), Some(("us-east-1/f".to_owned(), Some("7".to_owned()))));
    }

    #[test]
    fn refuses_the_rest() {
        for text in [
            "arn:aws:lambda::000000000000:function:f",
            "arn:aws:lambda:us-east-1::function:f",
            "arn:aws:lambda:invalid-region:000000000000:function:f",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        for text in ["", "a b", "a/b", "a:b:c:d", "arn:aws:lambda:us-east-1:000000000000:function:", &"x".repeat(65)] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_qualifier_beside_the_name_must_be_the_same() {
        let beside = |text: &str, qualifier: &str| {
            let reference = FunctionReference::parse(text, &Location::default()).unwrap();
            let outcome = reference.qualified(Some(qualifier.to_owned()));
            outcome.map_or_else(|error| error.code, |reference| reference.arn().split(':').skip(6).collect::<String>())
        };
        assert_eq!(beside("f", "live"), "flive");
        assert_eq!(beside("f:7", "7"), "f7");
        assert_eq!(beside("f:7", "live"), "InvalidParameterValueException");
        assert_eq!(beside("f", "a b"), "ValidationException");
        assert_eq!(beside("f", &"x".repeat(128)), format!("f{}", "x".repeat(128)));
    }

    #[test]
    fn not_found_names_the_arn() {
        let reference = FunctionReference::parse("f:3", &Location::default()).unwrap();
        let error = reference.not_found();
        assert_eq!(error.message, "Function not found: arn:aws:lambda:us-east-1:000000000000:function:f:3");
        assert_eq!((error.status, error.code.as_str()), (404, "ResourceNotFoundException"));
    }
}
