//! `EncryptionConfiguration` of state machines and activities.

use cloud_core::ServiceError;
use serde_json::Value;

/// Checks a configuration: only AWS's own keys are here. Customers' keys are refused by name, never dropped.
pub(in crate::api) fn check_encryption(asked: Option<&Value>) -> Result<(), ServiceError> {
    let Some(asked) = asked.filter(|asked| !asked.is_null()) else { return Ok(()) };
    let member = |name: &str| asked.get(name).filter(|value| !value.is_null());
    let kind = member("type").and_then(Value::as_str).unwrap_or_default();
    if kind != "AWS_OWNED_KEY" {
        return Err(ServiceError::not_implemented(&format!("states: encryption of type {kind}")));
    }
    match ["kmsKeyId", "kmsDataKeyReusePeriodSeconds"].into_iter().find(|name| member(name).is_some()) {
        None => Ok(()),
        // The code is the API model's, the text ours.
        Some(name) => Err(ServiceError::bad_request(
            "InvalidEncryptionConfiguration",
            format!("Invalid Encryption Configuration: '{name} can only be set with CUSTOMER_MANAGED_KMS_KEY'"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_keys_of_aws_are_taken() {
        let code = |asked: Value| check_encryption(Some(&asked)).err().map(|error| error.code);
        assert_eq!(check_encryption(None), Ok(()));
        assert_eq!(code(json!({"type": "AWS_OWNED_KEY"})), None);
        let with_key = json!({"type": "AWS_OWNED_KEY", "kmsKeyId": "k"});
        assert_eq!(code(with_key).as_deref(), Some("InvalidEncryptionConfiguration"));
        let own = check_encryption(Some(&json!({"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "k"}))).unwrap_err();
        assert!(own.message.contains("CUSTOMER_MANAGED_KMS_KEY"), "{}", own.message);
    }
}
