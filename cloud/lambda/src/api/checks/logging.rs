//! `LoggingConfig` of CreateFunction and UpdateFunctionConfiguration.

use std::fmt::Display;

use cloud_core::ServiceError;
use serde::Deserialize;

use super::limits::invalid;
use crate::model::{LogFormat, LogLevel, LoggingConfig};

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
    /// AWS's: of levels for lines of text.
    pub(in crate::api) fn apply(&self, before: &LoggingConfig) -> Result<LoggingConfig, ServiceError> {
        let format = one_of(self.log_format.as_deref(), &LogFormat::ALL).unwrap_or(before.format);
        let application = one_of(self.application_log_level.as_deref(), &LogLevel::APPLICATION);
        let system = one_of(self.system_log_level.as_deref(), &LogLevel::SYSTEM);
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

/// The value that is called so; the API's model knows no other names.
fn one_of<T: Copy + Display>(given: Option<&str>, all: &[T]) -> Option<T> {
    all.iter().find(|one| given.is_some_and(|given| one.to_string() == given)).copied()
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
}
