//! How callers name a function: by name, partial ARN or ARN, with or without a version.

use crate::local::arn::{Account, Region};
use crate::local::error::ServiceError;

/// The pattern of AWS's own validation message.
const PATTERN: &str = "(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?";

/// The longest function name (API model, `FunctionName`).
const MAX_NAME: usize = 64;

/// A function, and perhaps a version, in a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FunctionReference {
    /// Where it is.
    pub(crate) region: Region,
    /// Its name.
    pub(crate) name: String,
    /// `$LATEST`, a number or an alias, when one was given.
    pub(crate) qualifier: Option<String>,
}

impl FunctionReference {
    /// Reads a name, a partial ARN (`123456789012:function:name`) or an ARN; `region` is used when it names none.
    ///
    /// # Errors
    /// `ValidationException` when it is none of these.
    pub(crate) fn parse(text: &str, region: &Region) -> Result<Self, ServiceError> {
        let parts: Vec<&str> = text.split(':').collect();
        let (region, rest) = match parts.as_slice() {
            ["arn", _, "lambda", name, account, "function", rest @ ..] => {
                (Region::of(Account::parse(account).unwrap_or_default(), name), rest)
            }
            [account, "function", rest @ ..] if Account::parse(account).is_some() => {
                (Region::of(Account::parse(account).unwrap_or_default(), region.as_str()), rest)
            }
            ["function", rest @ ..] => (region.clone(), rest),
            rest => (region.clone(), rest),
        };
        let (name, qualifier) = match rest {
            [name] => (*name, None),
            [name, qualifier] => (*name, Some((*qualifier).to_owned())),
            _ => return Err(invalid(text)),
        };
        if !is_name(name) || qualifier.as_deref().is_some_and(|qualifier| !is_qualifier(qualifier)) {
            return Err(invalid(text));
        }
        Ok(Self { region, name: name.to_owned(), qualifier })
    }

    /// The key under which the function is kept.
    pub(crate) fn key(&self) -> String {
        self.region.key(&self.name)
    }

    /// The ARN as it was asked for.
    pub(crate) fn arn(&self) -> String {
        let arn = self.region.arn("lambda", &format!("function:{}", self.name));
        match &self.qualifier {
            Some(qualifier) => format!("{arn}:{qualifier}"),
            None => arn,
        }
    }

    /// The error of a function, or version, that is not there.
    pub(crate) fn not_found(&self) -> ServiceError {
        ServiceError::new(404, "ResourceNotFoundException", format!("Function not found: {}", self.arn()))
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= MAX_NAME
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn is_qualifier(qualifier: &str) -> bool {
    qualifier == super::function::LATEST || is_name(qualifier)
}

fn invalid(text: &str) -> ServiceError {
    let message = format!(
        "1 validation error detected: Value '{text}' at 'functionName' failed to satisfy constraint: Member must satisfy \
         regular expression pattern: {PATTERN}"
    );
    ServiceError::bad_request("ValidationException", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<(String, Option<String>)> {
        let reference = FunctionReference::parse(text, &Region::new("eu-west-1")).ok()?;
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
        for text in ["", "a b", "a/b", "a:b:c:d", "arn:aws:lambda:us-east-1:000000000000:function:", &"x".repeat(65)] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn not_found_names_the_arn() {
        let reference = FunctionReference::parse("f:3", &Region::new("us-east-1")).unwrap();
        let error = reference.not_found();
        assert_eq!(error.message, "Function not found: arn:aws:lambda:us-east-1:000000000000:function:f:3");
        assert_eq!((error.status, error.code.as_str()), (404, "ResourceNotFoundException"));
    }
}
