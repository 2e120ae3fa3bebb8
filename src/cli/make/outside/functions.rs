//! Functions for the length of the tests: the code as it is on disk, in the embedded cloud under a name of its own.

use std::collections::BTreeMap;
use std::path::Path;

use aws::Tags;
use aws::iam;
use aws::lambda::{self, Code, Configuration};
use workshop_package as packager;

use super::{Made, Outside};
use crate::cli::error::{CliError, ErrorKind};
use crate::cli::session::artefacts::{self, Zip};
use crate::cli::session::project::Origin;
use model::names::Key;
use model::nearest;
use model::service::Architecture;

/// How long the code of a file alone may run, in seconds.
const TIMEOUT_S: u32 = 60;

/// The memory that the code of a file alone has, in MB.
const MEMORY_MB: u32 = 256;

/// What runs files, by their endings: the runtime, and its language for packaging.
const RUNTIMES: [(&str, &str); 4] =
    [("mjs", "nodejs22.x"), ("cjs", "nodejs22.x"), ("js", "nodejs22.x"), ("py", "python3.13")];

impl Outside {
    /// The deployed name of a function that mocks name; it is made the first time.
    pub(in crate::cli::make) async fn function(&self, named: &str) -> Result<String, CliError> {
        let mut made = self.made.lock().await;
        if let Some(known) = made.functions.get(named) {
            return Ok(known.clone());
        }
        let role = self.role(&mut made).await?;
        let (configuration, code) = match Key::parse(named).ok().filter(|key| self.service_has(key)) {
            Some(key) => self.of_service(&key, role, &mut made).await?,
            None => self.of_file(named, role).await?,
        };
        let plain: String = named.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let name: String = format!("workshop-test-{}-{plain}", std::process::id()).chars().take(64).collect();
        let client = &self.session.aws.lambda;
        lambda::create(client, &name, &configuration, &code, "runs for a test", &Tags::default()).await?;
        made.functions.insert(named.to_owned(), name.clone());
        Ok(name)
    }

    fn service_has(&self, key: &Key) -> bool {
        self.session.project.service.functions.contains_key(key)
    }

    /// A role that Lambda may assume.
    async fn role(&self, made: &mut Made) -> Result<String, CliError> {
        let name = format!("workshop-test-{}", std::process::id());
        if made.role.is_none() {
            let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
            let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
            let client = &self.session.aws.iam;
            aws::tests_of::create_role(&self.session.aws, &name, trust).await?;
            iam::put_policy(client, &name, "all", policy).await?;
            made.role = Some(name.clone());
        }
        Ok(format!("arn:aws:iam::{}:role/{name}", self.session.stack.account))
    }

    async fn of_service(&self, key: &Key, role: String, made: &mut Made) -> Result<(Configuration, Code), CliError> {
        if made.zips.is_none() {
            made.zips = Some(artefacts::zips(&self.session.project, None, None, &self.ui).await?);
        }
        let zip = made.zips.as_ref().and_then(|zips| zips.get(key));
        let function = self.session.project.service.functions.get(key);
        let (Some(zip), Some(function)) = (zip, function) else {
            return Err(CliError::new(ErrorKind::Project, format!("The function `{key}` has no code.")));
        };
        let stack = &self.session.stack;
        let environment = function.environment.iter();
        let configuration = Configuration {
            runtime: function.runtime.as_str().to_owned(),
            handler: function.handler.clone(),
            role,
            memory_mb: function.memory_mb,
            timeout_s: function.timeout_s,
            environment: environment.map(|(name, value)| (name.clone(), value.resolve(stack))).collect(),
        };
        let architecture = function.architecture.as_str().to_owned();
        Ok((configuration, Code { zip: zip.artefact.zip.clone(), architecture }))
    }

    /// The code of a file alone, which is packaged with its folder.
    async fn of_file(&self, path: &str, role: String) -> Result<(Configuration, Code), CliError> {
        let known: Vec<&str> = self.session.project.service.functions.keys().map(Key::as_str).collect();
        let (file_dir, project_dir) = match &self.session.project.origin {
            Origin::File(file) => (file.base_dir().to_owned(), file.project_dir.clone()),
            Origin::Bundled => (Path::new("").to_owned(), Path::new("").to_owned()),
        };
        let file = file_dir.join(path);
        let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let runtime = RUNTIMES.iter().find(|(known, _)| *known == ending).map(|(_, runtime)| *runtime);
        let Some(runtime) = runtime.filter(|_| file.is_file()) else {
            let hint = match nearest(path, &known) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => "Name a function of the service, or a file that ends with .mjs, .js or .py.".to_owned(),
            };
            let message = format!("There is no function `{path}`, and no such file with code");
            return Err(CliError::new(ErrorKind::NotFound, message).try_this(hint));
        };
        let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let handler = format!("{stem}.handler");
        let folder = file.parent().unwrap_or(&file_dir);
        let Zip { artefact, .. } = artefacts::zip_of(source(folder, runtime, &handler), &project_dir, &self.ui).await?;
        let environment = BTreeMap::new();
        let configuration = Configuration {
            runtime: runtime.to_owned(),
            handler,
            role,
            memory_mb: MEMORY_MB,
            timeout_s: TIMEOUT_S,
            environment,
        };
        let architecture = Architecture::of_this_machine().as_str().to_owned();
        Ok((configuration, Code { zip: artefact.zip, architecture }))
    }

    /// Deletes what was made. What can't be deleted is told, and fails nothing: the results are there.
    pub(in crate::cli::make) async fn end(self) {
        let made = self.made.into_inner();
        let aws = &self.session.aws;
        for function in made.functions.into_values() {
            if let Err(error) = lambda::delete(&aws.lambda, &function).await {
                self.ui.note(format!("The function {function} is left in the embedded cloud: {error}"));
            }
        }
        if let Some(role) = made.role {
            let deleted = match iam::delete_policy(&aws.iam, &role, "all").await {
                Ok(()) => iam::delete_role(&aws.iam, &role).await,
                Err(error) => Err(error),
            };
            if let Err(error) = deleted {
                self.ui.note(format!("The role {role} is left in the embedded cloud: {error}"));
            }
        }
    }
}

fn source(folder: &Path, runtime: &str, handler: &str) -> packager::FunctionSource {
    let version = |start: &str| runtime.trim_start_matches(start).trim_end_matches(".x").to_owned();
    let language = if runtime.starts_with("python") {
        packager::Language::Python { version: version("python") }
    } else {
        packager::Language::NodeJs { version: version("nodejs") }
    };
    packager::FunctionSource {
        name: "test".to_owned(),
        path: folder.to_owned(),
        language,
        handler: handler.to_owned(),
        patterns: Vec::new(),
        bundling: None,
    }
}
