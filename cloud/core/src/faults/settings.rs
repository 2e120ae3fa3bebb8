//! What of AWS's eventual consistency the embedded cloud shows: the settings, and how they are written.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Map, Value};

/// No setting lasts longer, so that a slip of the pen stops nobody for a day.
const LONGEST: Duration = Duration::from_secs(3600);

/// The word that stands for [`ConsistencySettings::LIKE_AWS`].
const LIKE_AWS: &str = "like-aws";

/// The value of `throttling` that stands for [`Throttling::LikeAws`].
const BUCKETS: &str = "aws";

/// What is shown; what is zero is not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ConsistencySettings {
    /// How long a role that is new, or whose trust policy changed, cannot be assumed by Lambda and Step Functions.
    pub role_propagation: Duration,
    /// How long a function is `Pending` after its creation and `InProgress` after an update.
    pub function_pending: Duration,
    /// How long a write takes, during which another one to the same thing is refused.
    pub update_conflicts: Duration,
    /// How far behind reads are.
    pub stale_reads: Duration,
    /// How long a state machine is `DELETING` at least.
    pub machine_deletion: Duration,
    /// How late an API's endpoint learns of changes: of the API, and of who may invoke its functions.
    pub api_propagation: Duration,
    /// How many calls the services take.
    pub throttling: Throttling,
    /// Which calls of each service fail: every Nth.
    pub failing: u32,
}

/// How many calls the services take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Throttling {
    /// As many as come.
    #[default]
    Off,
    /// Of each operation, or group of operations, as many as AWS takes: [`Quota`](crate::Quota).
    LikeAws,
    /// Each service so many a second, and so many at once.
    PerService(NonZeroU32),
}

/// A setting that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// There is no setting of this name.
    #[error(
        "There is no setting `{0}`. There are role-propagation, function-pending, update-conflicts, stale-reads, \
         machine-deletion and api-propagation (a duration such as 2s or 500ms), throttling (`aws`, or calls per second) \
         and failing (every Nth call)."
    )]
    Name(String),
    /// It is no assignment.
    #[error("`{0}` sets nothing. Write NAME=VALUE, such as stale-reads=500ms.")]
    NoValue(String),
    /// The value is no duration.
    #[error("`{value}` is no duration for {name}. Write 2s, 500ms or off; one hour is the longest.")]
    Duration {
        /// The setting.
        name: String,
        /// What was given.
        value: String,
    },
    /// The value is no number.
    #[error("`{value}` is no number of calls for {name}. Write a whole number, or off.")]
    Number {
        /// The setting.
        name: String,
        /// What was given.
        value: String,
    },
}

/// One setting with its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// See [`ConsistencySettings::role_propagation`].
    RolePropagation(Duration),
    /// See [`ConsistencySettings::function_pending`].
    FunctionPending(Duration),
    /// See [`ConsistencySettings::update_conflicts`].
    UpdateConflicts(Duration),
    /// See [`ConsistencySettings::stale_reads`].
    StaleReads(Duration),
    /// See [`ConsistencySettings::machine_deletion`].
    MachineDeletion(Duration),
    /// See [`ConsistencySettings::api_propagation`].
    ApiPropagation(Duration),
    /// See [`ConsistencySettings::throttling`].
    Throttling(Throttling),
    /// See [`ConsistencySettings::failing`].
    Failing(u32),
}

impl FromStr for Setting {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<Self, SettingError> {
        let (name, value) = text.split_once('=').ok_or_else(|| SettingError::NoValue(text.to_owned()))?;
        match name {
            "role-propagation" => duration(name, value).map(Self::RolePropagation),
            "function-pending" => duration(name, value).map(Self::FunctionPending),
            "update-conflicts" => duration(name, value).map(Self::UpdateConflicts),
            "stale-reads" => duration(name, value).map(Self::StaleReads),
            "machine-deletion" => duration(name, value).map(Self::MachineDeletion),
            "api-propagation" => duration(name, value).map(Self::ApiPropagation),
            "throttling" => throttling(name, value).map(Self::Throttling),
            "failing" => number(name, value).map(Self::Failing),
            _ => Err(SettingError::Name(name.to_owned())),
        }
    }
}

fn is_off(value: &str) -> bool {
    matches!(value, "off" | "0")
}

fn duration(name: &str, value: &str) -> Result<Duration, SettingError> {
    if is_off(value) {
        return Ok(Duration::ZERO);
    }
    let read = value.parse::<SignedDuration>().ok().and_then(|duration| Duration::try_from(duration).ok());
    let wrong = || SettingError::Duration { name: name.to_owned(), value: value.to_owned() };
    // Shorter than a millisecond could not be written out again.
    let whole = |duration: &Duration| duration.subsec_nanos().is_multiple_of(1_000_000);
    read.filter(|duration| *duration <= LONGEST && whole(duration)).ok_or_else(wrong)
}

fn throttling(name: &str, value: &str) -> Result<Throttling, SettingError> {
    if value == BUCKETS {
        return Ok(Throttling::LikeAws);
    }
    let calls = number(name, value)?;
    Ok(NonZeroU32::new(calls).map_or(Throttling::Off, Throttling::PerService))
}

fn number(name: &str, value: &str) -> Result<u32, SettingError> {
    if is_off(value) {
        return Ok(0);
    }
    value.parse().map_err(|_| SettingError::Number { name: name.to_owned(), value: value.to_owned() })
}

impl ConsistencySettings {
    /// What AWS usually does: roles take about ten seconds, functions two, and so on. Its faults are rare, so none is shown.
    pub const LIKE_AWS: Self = Self {
        role_propagation: Duration::from_secs(10),
        function_pending: Duration::from_secs(2),
        update_conflicts: Duration::from_millis(200),
        stale_reads: Duration::from_secs(1),
        machine_deletion: Duration::from_secs(3),
        api_propagation: Duration::from_secs(3),
        throttling: Throttling::LikeAws,
        failing: 0,
    };

    /// With one setting changed.
    #[must_use]
    pub fn with(self, setting: Setting) -> Self {
        match setting {
            Setting::RolePropagation(role_propagation) => Self { role_propagation, ..self },
            Setting::FunctionPending(function_pending) => Self { function_pending, ..self },
            Setting::UpdateConflicts(update_conflicts) => Self { update_conflicts, ..self },
            Setting::StaleReads(stale_reads) => Self { stale_reads, ..self },
            Setting::MachineDeletion(machine_deletion) => Self { machine_deletion, ..self },
            Setting::ApiPropagation(api_propagation) => Self { api_propagation, ..self },
            Setting::Throttling(throttling) => Self { throttling, ..self },
            Setting::Failing(failing) => Self { failing, ..self },
        }
    }

    /// How long the past has to be remembered for the settings to be shown.
    #[must_use]
    pub fn memory(&self) -> Duration {
        let delays = [self.role_propagation, self.function_pending, self.machine_deletion, self.api_propagation];
        // A lagging answer tells of a moment that is itself followed by a role's or a function's delay.
        self.stale_reads + delays.into_iter().max().unwrap_or_default()
    }

    /// What is on, each with its value as it is written.
    fn words(&self) -> Vec<(&'static str, String)> {
        let durations = [
            ("role-propagation", self.role_propagation),
            ("function-pending", self.function_pending),
            ("update-conflicts", self.update_conflicts),
            ("stale-reads", self.stale_reads),
            ("machine-deletion", self.machine_deletion),
            ("api-propagation", self.api_propagation),
        ];
        let throttling = match self.throttling {
            Throttling::Off => None,
            Throttling::LikeAws => Some(BUCKETS.to_owned()),
            Throttling::PerService(calls) => Some(calls.to_string()),
        };
        let failing = (self.failing > 0).then(|| self.failing.to_string());
        let durations = durations.into_iter().filter(|(_, duration)| !duration.is_zero());
        durations
            .map(|(name, duration)| (name, written(duration)))
            .chain(throttling.map(|value| ("throttling", value)))
            .chain(failing.map(|value| ("failing", value)))
            .collect()
    }

    /// What is on, as JSON: values by name.
    #[must_use]
    pub fn to_json(self) -> Value {
        let members = self.words().into_iter().map(|(name, value)| (name.to_owned(), Value::from(value)));
        Value::Object(members.collect::<Map<_, _>>())
    }
}

fn written(duration: Duration) -> String {
    if duration.subsec_nanos() == 0 {
        format!("{}s", duration.as_secs())
    } else {
        format!("{}ms", duration.as_millis())
    }
}

/// As it is read: `role-propagation=2s,failing=7`; nothing when all are off.
impl fmt::Display for ConsistencySettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self.words().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        formatter.write_str(&words.join(","))
    }
}

/// Reads settings that commas or white space keep apart; `like-aws` stands for all of [`ConsistencySettings::LIKE_AWS`].
impl FromStr for ConsistencySettings {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<Self, SettingError> {
        let words = text.split([',', ' ', '\t', '\r', '\n']).filter(|word| !word.is_empty());
        words.into_iter().try_fold(Self::default(), |settings, word| match word {
            LIKE_AWS => Ok(Self::LIKE_AWS),
            word => word.parse().map(|setting| settings.with(setting)),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<ConsistencySettings, SettingError> {
        text.parse()
    }

    #[test]
    fn settings_are_read() {
        let settings = read("role-propagation=2s, stale-reads=500ms\nthrottling=7").unwrap();
        let expected = ConsistencySettings {
            role_propagation: Duration::from_secs(2),
            stale_reads: Duration::from_millis(500),
            throttling: Throttling::PerService(NonZeroU32::new(7).unwrap()),
            ..ConsistencySettings::default()
        };
        assert_eq!(settings, expected);
        assert_eq!(settings.to_string(), "role-propagation=2s,stale-reads=500ms,throttling=7");
        assert_eq!(settings.to_json()["stale-reads"], "500ms");
        assert_eq!(read(""), Ok(ConsistencySettings::default()));
        assert_eq!(
            read("like-aws,failing=3,stale-reads=off").unwrap(),
            ConsistencySettings { failing: 3, stale_reads: Duration::ZERO, ..ConsistencySettings::LIKE_AWS }
        );
        assert_eq!(read("throttling=aws").unwrap().throttling, Throttling::LikeAws);
        assert_eq!(read("like-aws,throttling=off").unwrap().throttling, Throttling::Off);
    }

    #[test]
    fn what_is_no_setting_is_told() {
        let told = |text| read(text).unwrap_err().to_string();
        insta::assert_snapshot!(told("stale=1s"), @"There is no setting `stale`. There are role-propagation, function-pending, update-conflicts, stale-reads, machine-deletion and api-propagation (a duration such as 2s or 500ms), throttling (`aws`, or calls per second) and failing (every Nth call).");
        insta::assert_snapshot!(told("stale-reads"), @"`stale-reads` sets nothing. Write NAME=VALUE, such as stale-reads=500ms.");
        insta::assert_snapshot!(told("stale-reads=2"), @"`2` is no duration for stale-reads. Write 2s, 500ms or off; one hour is the longest.");
        insta::assert_snapshot!(told("failing=-1"), @"`-1` is no number of calls for failing. Write a whole number, or off.");
        for text in ["stale-reads=-1s", "stale-reads=2h", "stale-reads=1us", "throttling=1s", "throttling=like-aws"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(ms in prop::array::uniform6(0_u64..=3_600_000), limit: Option<u32>, failing: u32) {
            let [role, pending, conflicts, stale, deletion, api] = ms.map(Duration::from_millis);
            let settings = ConsistencySettings {
                role_propagation: role,
                function_pending: pending,
                update_conflicts: conflicts,
                stale_reads: stale,
                machine_deletion: deletion,
                api_propagation: api,
                throttling: limit.map_or(Throttling::LikeAws, |calls| {
                    NonZeroU32::new(calls).map_or(Throttling::Off, Throttling::PerService)
                }),
                failing,
            };
            prop_assert_eq!(settings.to_string().parse(), Ok(settings));
        }
    }
}
