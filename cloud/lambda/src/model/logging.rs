//! How a function logs: `LoggingConfig` of the API.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What is logged, in which form and where. The default is what AWS has: text, to the function's own group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggingConfig {
    /// The form of the lines.
    #[serde(default)]
    pub format: LogFormat,
    /// The least level of the function's own lines; JSON only.
    #[serde(default)]
    pub application_level: Option<LogLevel>,
    /// The least level of Lambda's lines; JSON only.
    #[serde(default)]
    pub system_level: Option<LogLevel>,
    /// The group; none for the function's own.
    #[serde(default)]
    pub group: Option<String>,
}

/// The form of a function's log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogFormat {
    /// Lines of text.
    #[default]
    Text,
    /// An object of JSON for each line.
    #[serde(rename = "JSON")]
    Json,
}

/// How important a line is, the least important first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum LogLevel {
    /// Every step.
    Trace,
    /// What a developer looks for.
    Debug,
    /// What is usual; the default.
    Info,
    /// What is unusual.
    Warn,
    /// What failed.
    Error,
    /// What ended the function.
    Fatal,
}

impl LogFormat {
    /// All of them.
    pub(crate) const ALL: [Self; 2] = [Self::Json, Self::Text];
}

impl LogLevel {
    /// Those of a function's own lines.
    pub(crate) const APPLICATION: [Self; 6] =
        [Self::Trace, Self::Debug, Self::Info, Self::Warn, Self::Error, Self::Fatal];

    /// Those of Lambda's lines.
    pub(crate) const SYSTEM: [Self; 3] = [Self::Debug, Self::Info, Self::Warn];
}

impl LoggingConfig {
    /// Whether nothing was ever set.
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// The least level of the function's own lines; none in text, where all are logged.
    pub(crate) fn application_level(&self) -> Option<LogLevel> {
        (self.format == LogFormat::Json).then(|| self.application_level.unwrap_or(LogLevel::Info))
    }

    /// The least level of Lambda's lines; none in text, where all are logged.
    pub(crate) fn system_level(&self) -> Option<LogLevel> {
        (self.format == LogFormat::Json).then(|| self.system_level.unwrap_or(LogLevel::Info))
    }

    /// As the API shows it; `group` is where the function logs.
    pub(crate) fn to_json(&self, group: &str) -> Value {
        match (self.application_level(), self.system_level()) {
            (Some(application), Some(system)) => json!({
                "LogFormat": self.format.to_string(),
                "ApplicationLogLevel": application.to_string(),
                "SystemLogLevel": system.to_string(),
                "LogGroup": group,
            }),
            _ => json!({"LogFormat": self.format.to_string(), "LogGroup": group}),
        }
    }
}

impl fmt::Display for LogFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "Text",
            Self::Json => "JSON",
        })
    }
}

impl fmt::Display for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
        })
    }
}
