//! The profiles of the shared configuration files, and which one is meant.

use std::borrow::Cow;
use std::error::Error;

use aws_config::profile::{Profile, ProfileFileLoadError, ProfileSet};
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_types::os_shim_internal::{Env, Fs};

use crate::error::kind::AwsErrorKind;
use crate::error::{AwsError, error_chain};
use model::nearest;

/// The aws CLI asks them in this order.
const VARIABLES: [&str; 2] = ["AWS_DEFAULT_PROFILE", "AWS_PROFILE"];

/// What names the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NamedBy {
    /// The command line: then no keys of the environment count.
    Option,
    /// A variable of the environment.
    Variable(&'static str),
    /// Nobody: it is `default`, which need not exist.
    Nobody,
}

/// The profiles of both files, and the one that is meant.
#[derive(Debug)]
pub(crate) struct Profiles {
    /// Both files put together.
    both: ProfileSet,
    /// What the credentials file says.
    credentials_file: ProfileSet,
    name: String,
    named_by: NamedBy,
}

impl Profiles {
    /// Reads the files and looks for the profile that the command line or the environment names.
    ///
    /// # Errors
    /// A file that can't be read or understood, or a profile that is in neither.
    pub(crate) async fn load(option: Option<&str>) -> Result<Self, AwsError> {
        let variable = |name| Some((NamedBy::Variable(name), std::env::var(name).ok().filter(|it| !it.is_empty())?));
        let named = option.map(|name| (NamedBy::Option, name.to_owned()));
        let named = named.or_else(|| VARIABLES.into_iter().find_map(variable));
        let (named_by, name) = named.unwrap_or((NamedBy::Nobody, "default".to_owned()));
        let both = read(EnvConfigFiles::default(), &name).await?;
        let credentials_file = EnvConfigFiles::builder().include_default_credentials_file(true).build();
        let credentials_file = read(credentials_file, &name).await?;
        let profiles = Self { both, credentials_file, name, named_by };
        if named_by != NamedBy::Nobody && profiles.get(&profiles.name).is_none() {
            return Err(profiles.unknown());
        }
        Ok(profiles)
    }

    fn unknown(&self) -> AwsError {
        let name = &self.name;
        let by = match self.named_by {
            NamedBy::Variable(variable) => format!(" ({variable})"),
            NamedBy::Option | NamedBy::Nobody => String::new(),
        };
        let mut known: Vec<&str> = self.both.profiles().collect();
        known.sort_unstable();
        let meant = match nearest(name, &known) {
            Some(near) => format!("; did you mean `{near}`?"),
            None => ".".to_owned(),
        };
        let config = shown_path("AWS_CONFIG_FILE", "~/.aws/config");
        let credentials = shown_path("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials");
        let message = format!("There is no profile `{name}`{by} in {config} or {credentials}{meant}");
        AwsError::on_this_side(AwsErrorKind::InvalidSetting, "profile", message)
    }

    /// The name of the profile that is meant.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The name, when the command line or the environment gives one.
    pub(crate) fn named(&self) -> Option<&str> {
        (self.named_by != NamedBy::Nobody).then_some(self.name.as_str())
    }

    /// Whether the command line names the profile: then keys in the environment do not count, as in the aws CLI.
    pub(crate) fn is_explicit(&self) -> bool {
        self.named_by == NamedBy::Option
    }

    /// A profile.
    pub(crate) fn get(&self, name: &str) -> Option<&Profile> {
        self.both.get_profile(name)
    }

    /// A setting of the profile that is meant.
    pub(crate) fn setting(&self, key: &str) -> Option<&str> {
        self.get(&self.name)?.get(key)
    }

    /// A profile's part in the credentials file.
    pub(crate) fn in_credentials_file(&self, name: &str) -> Option<&Profile> {
        self.credentials_file.get_profile(name)
    }
}

async fn read(files: EnvConfigFiles, name: &str) -> Result<ProfileSet, AwsError> {
    let name = Cow::Owned(name.to_owned());
    aws_config::profile::load(&Fs::real(), &Env::real(), &files, Some(name)).await.map_err(|error| unreadable(&error))
}

/// The parser names file and line.
fn unreadable(error: &ProfileFileLoadError) -> AwsError {
    let place = error.source().filter(|_| matches!(error, ProfileFileLoadError::ParseError { .. }));
    let why = place.map_or_else(|| error_chain(error), error_chain);
    let why = why.split_whitespace().collect::<Vec<_>>().join(" ");
    let message = format!("The AWS configuration can't be read: {why}.");
    AwsError::on_this_side(AwsErrorKind::InvalidSetting, "configuration files", message)
}

/// A file as the user knows it.
fn shown_path(variable: &str, usual: &str) -> String {
    match std::env::var(variable) {
        Ok(path) if !path.is_empty() => format!("{path} ({variable})"),
        _ => usual.to_owned(),
    }
}
