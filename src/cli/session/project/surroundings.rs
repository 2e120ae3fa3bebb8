//! What the variables of a `serverless.yml` get from outside of it: the command line, the environment, files beside it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use runtimes::Runtime;

use super::service_file::stranger;
use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use model::document::Document;
use model::names::{AccountId, StageName};
use model::serverless::{Parsed, Surroundings, parse};
use model::source::Source;

/// What came of reading a `serverless.yml`.
pub(super) struct Reading {
    /// The service, or everything that is wrong.
    pub(super) parsed: Result<Parsed, CliError>,
    /// The files beside it that its variables ask for, also those that are not there.
    pub(super) files: BTreeSet<PathBuf>,
}

/// Reads a `serverless.yml` in a folder for what a command names. Wrong is what is wrong in it, or a file that it names and that
/// may not be read.
pub(super) fn read(source: &Source, folder: &Path, global: &Global, runtime: Option<Runtime>) -> Reading {
    let files = Files { folder, refused: RefCell::new(None), asked: RefCell::default() };
    let parsed = parsed(source, &files, global, runtime);
    Reading { parsed, files: files.asked.into_inner() }
}

fn parsed(source: &Source, files: &Files<'_>, global: &Global, runtime: Option<Runtime>) -> Result<Parsed, CliError> {
    let dotenv = match dotenv_stage(source, global) {
        Some(stage) => dotenv(files, &stage)?,
        None => None,
    };
    let environment = |name: &str| {
        let own = std::env::var(name).ok();
        own.or_else(|| dotenv.as_ref().and_then(|variables| variables.get(name).cloned()))
    };
    let surroundings = Surroundings {
        stage: global.stage.clone(),
        region: global.region.clone(),
        parameters: global.parameters.iter().map(|it| (it.name.clone(), it.value.clone())).collect(),
        options: BTreeMap::new(),
        account: global.local.then(AccountId::local),
        runtime,
        environment: &environment,
        knows_dotenv: dotenv.is_some(),
        files: &|path| files.read(path),
    };
    let parsed = parse(source, &surroundings);
    match files.refused.take() {
        Some(refused) => Err(refused),
        None => Ok(parsed?),
    }
}

/// The stage whose variables a file with `useDotenv: true` reads: the command's, else the one that `provider.stage` says without
/// a variable or as its last fallback. A file that is no YAML says nothing, and is refused when it is read.
fn dotenv_stage(source: &Source, global: &Global) -> Option<String> {
    let value = Document::parse_template(source).ok()?.value();
    if value["useDotenv"] != true {
        return None;
    }
    let written = value["provider"]["stage"].as_str().unwrap_or_default();
    let fallback = || written.trim_end_matches(['}', ' ']).strip_suffix('\'')?.rsplit_once('\'').map(|(_, text)| text);
    let declared = if written.contains("${") { fallback() } else { Some(written).filter(|text| !text.is_empty()) };
    let stage = global.stage.as_ref().map(ToString::to_string);
    Some(stage.unwrap_or_else(|| declared.unwrap_or(StageName::default().as_str()).to_owned()))
}

/// The variables of `.env.STAGE`, else of `.env`, as the Serverless Framework reads them; none where neither is there.
/// Source: <https://www.serverless.com/framework/docs/environment-variables>.
fn dotenv(files: &Files<'_>, stage: &str) -> Result<Option<BTreeMap<String, String>>, CliError> {
    let candidates = [files.folder.join(format!(".env.{stage}")), files.folder.join(".env")];
    files.asked.borrow_mut().extend(candidates.clone());
    let Some(path) = candidates.into_iter().find(|path| path.is_file()) else { return Ok(None) };
    let refused = |error: dotenvy::Error| {
        CliError::new(ErrorKind::Project, format!("{} can't be read.", path.display())).because(error)
    };
    let variables = dotenvy::from_path_iter(&path).map_err(refused)?;
    variables.collect::<Result<_, _>>().map(Some).map_err(refused)
}

/// The files that a service file names.
struct Files<'a> {
    folder: &'a Path,
    /// The first one that may not be read.
    refused: RefCell<Option<CliError>>,
    /// All that were asked for.
    asked: RefCell<BTreeSet<PathBuf>>,
}

impl Files<'_> {
    fn read(&self, path: &str) -> Option<String> {
        let file = self.folder.join(path);
        self.asked.borrow_mut().insert(file.clone());
        match self.text(&file) {
            Ok(text) => text,
            Err(refused) => {
                self.refused.borrow_mut().get_or_insert(refused);
                None
            }
        }
    }

    /// The text of a file; none when it is not there. What lies outside of the service file's folder is read too, unless it
    /// is another user's.
    fn text(&self, file: &Path) -> Result<Option<String>, CliError> {
        let Ok(found) = file.canonicalize() else { return Ok(None) };
        let folder = self.folder.canonicalize().unwrap_or_else(|_| PathBuf::from(self.folder));
        let shown = file.display();
        if !found.starts_with(&folder)
            && let Some(stranger) = stranger([found.as_path()])
        {
            let message =
                format!("The file {shown}, which the service file names, belongs to another user (uid {stranger}).");
            return Err(CliError::new(ErrorKind::Project, message)
                .try_this("If you trust it, copy it into the project's folder and name it there."));
        }
        let text = std::fs::read_to_string(&found);
        text.map(Some).map_err(|error| CliError {
            kind: ErrorKind::Project,
            ..CliError::io(&format!("{shown} can't be read"), &error)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    const SERVICE: &str = "service: shop\nuseDotenv: true\nprovider:\n  name: aws\n  runtime: nodejs24.x\n  environment:\n    \
        AA: ${env:WORKSHOP_TEST_A}\n    BB: ${file(b.yml):b}\n    CC: ${param:c, 'none'}\nfunctions:\n  f:\n    handler: h.f\n";

    fn environment(folder: &Path, arguments: &[&str]) -> Result<String, CliError> {
        let line = [&["workshop", "info"], arguments].concat();
        let global = crate::cli::args::Cli::parse_from(line).global;
        let Reading { parsed, files } = read(&Source::new("serverless.yml", SERVICE), folder, &global, None);
        assert!(files.contains(&folder.join("b.yml")), "{files:?}");
        let parsed = parsed?;
        let stack = parsed.service.stack(Default::default(), Default::default(), AccountId::placeholder());
        let function = parsed.service.functions.values().next().unwrap();
        Ok(function.environment.iter().map(|(name, value)| format!("{name}={} ", value.resolve(&stack))).collect())
    }

    #[test]
    fn variables_come_from_dotenv_files_and_parameters() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("b.yml", "b: beside\n");
        write(".env", "WORKSHOP_TEST_A=one\n");
        insta::assert_snapshot!(environment(folder.path(), &[]).unwrap(), @"AA=one BB=beside CC=none");
        write(".env.prod", "WORKSHOP_TEST_A='two words'\n");
        let prod = environment(folder.path(), &["--stage", "prod", "--param", "c=a=b"]).unwrap();
        insta::assert_snapshot!(prod, @"AA=two words BB=beside CC=a=b");
    }

    #[test]
    fn all_that_is_wrong_is_there_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let failure = environment(folder.path(), &[]).unwrap_err();
        let all = [
            &[failure.message.clone()][..],
            &failure.more.others.iter().map(|it| it.message.clone()).collect::<Vec<_>>(),
        ];
        assert_eq!(all.concat().len(), 2, "{all:?}");
    }

    #[test]
    fn the_stage_of_dotenv_files_is_the_commands_else_the_files() {
        let stage = |written: &str, arguments: &[&str]| {
            let line = [&["workshop", "info"], arguments].concat();
            let global = crate::cli::args::Cli::parse_from(line).global;
            let text = format!("useDotenv: true\nprovider: {{name: aws{written}}}\n");
            dotenv_stage(&Source::new("serverless.yml", text), &global).unwrap()
        };
        assert_eq!(stage("", &[]), "dev");
        assert_eq!(stage(", stage: test", &[]), "test");
        assert_eq!(stage(", stage: \"${opt:stage, self:custom.stage, 'test'}\"", &[]), "test");
        assert_eq!(stage(", stage: \"${opt:stage}\"", &[]), "dev");
        assert_eq!(stage(", stage: test", &["--stage", "prod"]), "prod");
    }
}
