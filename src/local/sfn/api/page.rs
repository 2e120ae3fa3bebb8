//! The tokens that continue a list: opaque to callers, checked when they come back.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::local::error::ServiceError;
use crate::local::sfn::refusal;

/// A token for the place where the next page begins.
pub(super) fn token(place: &impl Serialize) -> Result<String, ServiceError> {
    let bytes = serde_json::to_vec(place).map_err(|error| ServiceError::internal(error.to_string()))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// The place that a token stands for.
///
/// # Errors
/// `ValidationException` when it is longer than AWS takes, `InvalidToken` when it is none of ours.
pub(super) fn place<T: DeserializeOwned>(token: Option<&str>, longest: usize) -> Result<Option<T>, ServiceError> {
    let Some(token) = token else { return Ok(None) };
    refusal::at_most(token, "nextToken", longest)?;
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).map_err(|_| refusal::invalid_token())?;
    serde_json::from_slice(&bytes).map(Some).map_err(|_| refusal::invalid_token())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_back() {
        let token = token(&("name", 3)).unwrap();
        assert_eq!(place::<(String, u64)>(Some(&token), 1024), Ok(Some(("name".to_owned(), 3))));
        assert_eq!(place::<u64>(None, 1024), Ok(None));
        assert_eq!(place::<u64>(Some("!"), 1024).unwrap_err().code, "InvalidToken");
        assert_eq!(place::<u64>(Some(&token), 1024).unwrap_err().code, "InvalidToken");
        assert_eq!(place::<u64>(Some(&"x".repeat(1025)), 1024).unwrap_err().code, "ValidationException");
    }
}
