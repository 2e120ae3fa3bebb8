//! `LoggingConfig` of CreateFunction and UpdateFunctionConfiguration.

use std::fmt::Display;

use cloud_core::ServiceError;
use serde::Deserialize;

use super::limits::{failed, invalid};
use crate::model::{LogFormat, LogLevel, LoggingConfig};

/// The longest name of a log group (API model, `LogGroup`).
const MAX_GROUP_CHARACTERS: usize = 512;

/// The member as it is sent.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::api) struct Logging {
    log_format: Option<String>,
    application_log_level: Option<String>,
    system_log_level: Option<String>,
    log_group: Option<String>,
}

impl Logging {
    /// The settings with what is sent; what is left out stays.
    ///
    /// # Errors
    /// AWS's: of a value that is none of its enum, of a group's name, and of levels for lines of text.
    pub(in crate::api) fn apply(&self, before: &LoggingConfig) -> Result<LoggingConfig, ServiceError> {
        let format = one_of(self.log_format.as_deref(), "logFormat", &LogFormat::ALL)?.unwrap_or(before.format);
        let application = one_of(self.application_log_level.as_deref(), "applicationLogLevel", &LogLevel::APPLICATION)?;
        let system = one_of(self.system_log_level.as_deref(), "systemLogLevel", &LogLevel::SYSTEM)?;
        if let Some(name) = self.log_group.as_deref().filter(|name| !is_group_name(name)) {
            let constraint = "Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+";
            return Err(failed(name, "loggingConfig.logGroup", constraint));
        }
        let group = self.log_group.clone().or_else(|| before.group.clone());
        if format == LogFormat::Text {
            for (level, member) in [(application, "ApplicationLogLevel"), (system, "SystemLogLevel")] {
                if level.is_some() {
                    return Err(invalid(format!(
                        "{member} is not supported with LogFormat set to Text. Remove {member} from your request or change \
                         the LogFormat to JSON and try again."
                    )));
                }
            }
            return Ok(LoggingConfig { format, group, ..LoggingConfig::default() });
        }
        let application_level = application.or(before.application_level);
        let system_level = system.or(before.system_level);
        Ok(LoggingConfig { format, application_level, system_level, group })
    }
}

fn one_of<T: Copy + Display>(given: Option<&str>, member: &str, all: &[T]) -> Result<Option<T>, ServiceError> {
    let Some(given) = given else { return Ok(None) };
    let found = all.iter().find(|one| one.to_string() == given);
    found.copied().map(Some).ok_or_else(|| {
        let names: Vec<String> = all.iter().map(T::to_string).collect();
        let constraint = format!("Member must satisfy enum value set: [{}]", names.join(", "));
        failed(given, &format!("loggingConfig.{member}"), &constraint)
    })
}

fn is_group_name(name: &str) -> bool {
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || ".-_/#".contains(letter);
    !name.is_empty() && name.chars().count() <= MAX_GROUP_CHARACTERS && name.chars().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn applied(sent: Value, before: &LoggingConfig) -> Result<Value, String> {
        let sent: Logging = serde_json::from_value(sent).unwrap();
        sent.apply(before).map(|logging| logging.to_json("/aws/lambda/f")).map_err(|error| error.message)
    }

    #[test]
    fn levels_are_those_of_json() {
        let none = LoggingConfig::default();
        assert_eq!(applied(json!({}), &none).unwrap(), json!({"LogFormat": "Text", "LogGroup": "/aws/lambda/f"}));
        let json = json!({"LogFormat": "JSON", "SystemLogLevel": "WARN"});
        let shown = json!({"LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "WARN", "LogGroup": "/aws/lambda/f"});
        assert_eq!(applied(json, &none).unwrap(), shown);
        let before = LoggingConfig { format: LogFormat::Json, system_level: Some(LogLevel::Warn), ..none.clone() };
        assert_eq!(applied(json!({"ApplicationLogLevel": "DEBUG"}), &before).unwrap()["SystemLogLevel"], "WARN");
        assert_eq!(applied(json!({"LogFormat": "Text"}), &before).unwrap()["LogFormat"], "Text");
        let refused = applied(json!({"SystemLogLevel": "WARN"}), &none).unwrap_err();
        assert!(refused.starts_with("SystemLogLevel is not supported with LogFormat set to Text."), "{refused}");
    }

    #[test]
    fn values_are_of_their_enums() {
        let refused = |sent: Value| applied(sent, &LoggingConfig::default()).unwrap_err();
        let message = refused(json!({"LogFormat": "json"}));
        assert!(message.ends_with("Member must satisfy enum value set: [JSON, Text]"), "{message}");
        assert!(
            refused(json!({"LogFormat": "JSON", "SystemLogLevel": "ERROR"})).contains("'loggingConfig.systemLogLevel'")
        );
        assert!(refused(json!({"LogGroup": "a b"})).contains("'loggingConfig.logGroup'"));
    }
}
