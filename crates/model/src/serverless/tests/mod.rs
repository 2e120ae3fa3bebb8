//! The reader against whole service files, and one example of each refusal.

mod completeness;
mod lesson;
mod machines;
mod projects;
mod refusals;
mod variables;

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Parsed, Surroundings, parse};
use crate::definition::Definition;
use crate::names::{AccountId, Region, StageName};
use crate::pseudo::Template;
use crate::service::{DefinitionSource, Permission, Service};
use crate::source::{ModelError, Source};
use crate::stack::Stack;

/// A command and a machine for tests: nothing is named, and there are no files and no variables but those given.
#[derive(Default)]
struct Outside {
    stage: Option<&'static str>,
    region: Option<&'static str>,
    runtime: Option<runtimes::Runtime>,
    parameters: Vec<(&'static str, &'static str)>,
    environment: Vec<(&'static str, &'static str)>,
    files: Vec<(&'static str, &'static str)>,
}

fn find(pairs: &[(&str, &str)], key: &str) -> Option<String> {
    pairs.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned())
}

impl Outside {
    fn parse(&self, text: &str) -> Result<Parsed, Vec<ModelError>> {
        self.parse_file("serverless.yml", text)
    }

    fn parse_file(&self, file: &str, text: &str) -> Result<Parsed, Vec<ModelError>> {
        let surroundings = Surroundings {
            stage: self.stage.map(|stage| StageName::parse(stage).unwrap()),
            region: self.region.map(|region| Region::parse(region).unwrap()),
            parameters: self.parameters.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            options: BTreeMap::new(),
            account: None,
            runtime: self.runtime,
            environment: &|name| find(&self.environment, name),
            knows_dotenv: false,
            files: &|path| find(&self.files, path),
        };
        parse(&Source::new(file, text), &surroundings)
    }

    /// The service and the notes, as far as a reader of tests wants to see them.
    fn shown(&self, text: &str) -> String {
        match self.parse(text) {
            Ok(parsed) => shown(&parsed),
            Err(errors) => shown_errors(&errors),
        }
    }
}

fn shown(parsed: &Parsed) -> String {
    let service = &parsed.service;
    let account = AccountId::parse("123456789012").unwrap();
    let region = service.default_region.clone().unwrap_or_default();
    let stack = service.stack(service.default_stage.clone(), region, account);
    let mut text = format!("{} in {}\n", stack.name(), stack.region);
    let settings = &service.stack_settings;
    if *settings != crate::stack_settings::StackSettings::default() {
        let boundary = settings.permissions_boundary.as_ref().map(|arn| arn.resolve(&stack));
        let _ = writeln!(text, "roles: path {} boundary {boundary:?} tags {:?}", settings.role_path, settings.tags);
    }
    show_functions(&mut text, service, &stack);
    for route in &service.routes {
        let cors =
            route.cors.as_ref().map(|cors| format!(" cors {:?} {:?} {:?}", cors.origins, cors.methods, cors.max_age_s));
        let _ = writeln!(
            text,
            "{} -> {} ({}){}",
            route.key(),
            route.function,
            route.payload_format.as_str(),
            cors.unwrap_or_default()
        );
    }
    show_machines(&mut text, service, &stack);
    for note in &parsed.notes {
        let _ = writeln!(text, "note {}: {}", note.at, note.message);
    }
    text
}

fn show_functions(text: &mut String, service: &Service, stack: &Stack) {
    for (key, function) in &service.functions {
        let retention = function.log_retention_days.map_or("for ever".to_owned(), |days| format!("{days} d"));
        let _ = writeln!(
            text,
            "{key}: {} {} {} {} MB {} s {} logs {retention}",
            stack.function_name(key),
            function.runtime,
            function.handler,
            function.memory_mb,
            function.timeout_s,
            function.architecture.as_str(),
        );
        if function.code.path != "." || !function.code.patterns.is_empty() {
            let pattern = |pattern: &crate::service::PackagePattern| {
                format!("{}{}", if pattern.excludes { "!" } else { "" }, pattern.glob)
            };
            let patterns: Vec<String> = function.code.patterns.iter().map(pattern).collect();
            let _ = writeln!(text, "  code {} {patterns:?}", function.code.path);
        }
        if let Some(role) = &function.role {
            let _ = writeln!(text, "  role {}", role.resolve(stack));
        }
        for (name, value) in &function.environment {
            let _ = writeln!(text, "  {name}={}", value.resolve(stack));
        }
        show_permissions(text, &function.permissions, stack);
        if !function.tags.is_empty() {
            let _ = writeln!(text, "  tags {:?}", function.tags);
        }
    }
}

fn show_permissions(text: &mut String, permissions: &[Permission], stack: &Stack) {
    for permission in permissions {
        let resources: Vec<String> = permission.resources.iter().map(|arn| arn.resolve(stack)).collect();
        let condition = permission.condition.as_ref().map(|condition| format!(" if {}", condition.resolve(stack)));
        let _ = writeln!(
            text,
            "  {} {} on {}{}",
            permission.effect.as_str(),
            permission.actions.join(", "),
            resources.join(", "),
            condition.unwrap_or_default()
        );
    }
}

fn show_machines(text: &mut String, service: &Service, stack: &Stack) {
    for (key, machine) in &service.state_machines {
        let _ = writeln!(text, "{key}: {} {}", stack.state_machine_name(key), machine.kind.as_str());
        let resolved = |arn: &Template| arn.resolve(stack);
        if let Some(role) = &machine.role {
            let _ = writeln!(text, "  role {}", resolved(role));
        }
        if let Some(logging) = &machine.logging {
            let destinations: Vec<String> = logging.destinations.iter().map(resolved).collect();
            let _ = writeln!(text, "  logs {} {} to {destinations:?}", logging.level, logging.include_execution_data);
        }
        show_permissions(text, &machine.permissions, stack);
        if !machine.tags.is_empty() {
            let _ = writeln!(text, "  tags {:?}", machine.tags);
        }
        let DefinitionSource::Inline { source, document } = &machine.definition else { panic!("inline") };
        let (definition, unknown) = Definition::of(source, document);
        assert!(unknown.is_empty());
        let json: serde_json::Value = serde_json::from_str(&definition.resolve(stack).json).unwrap();
        let _ = writeln!(text, "  {} {json}", source.file);
    }
    for (key, activity) in &service.activities {
        let _ = writeln!(text, "{key}: activity {}", stack.activity_name(key));
        if !activity.tags.is_empty() {
            let _ = writeln!(text, "  tags {:?}", activity.tags);
        }
    }
}

fn shown_errors(errors: &[ModelError]) -> String {
    let shown = errors.iter().map(|error| match &error.hint {
        Some(hint) => format!("{error}\n  {hint}\n"),
        None => format!("{error}\n"),
    });
    shown.collect()
}

proptest::proptest! {
    #[test]
    fn no_damage_of_the_lesson_makes_it_panic(start in 0_usize..2_000, length in 0_usize..80, put in "(\\$\\{self:custom\\}|!Ref |[\\[\\]{}:'#é-]|\n  ){0,3}") {
        let lesson: Vec<char> = include_str!("lesson.yml").chars().collect();
        let start = start.min(lesson.len());
        let end = (start + length).min(lesson.len());
        let damaged: String = lesson[..start].iter().copied().chain(put.chars()).chain(lesson[end..].iter().copied()).collect();
        let result = Outside { runtime: Some(runtimes::Runtime::Nodejs22), ..Outside::default() }.parse(&damaged);
        proptest::prop_assert!(result.map_or_else(|errors| !errors.is_empty(), |parsed| parsed.service.throttle.burst > 0));
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC*") {
        let _ = Outside::default().parse(&text);
    }

    #[test]
    fn no_value_makes_it_panic(key in "(service|provider|functions|stepFunctions|resources|package|plugins|custom|params)", value in "[ \\[\\]{}:,$#'a-z0-9!&*.()-]{0,40}") {
        let _ = Outside::default().parse(&format!("service: a\nprovider: {{name: aws, runtime: nodejs22.x}}\n{key}: {value}\n"));
        let _ = Outside::default().parse(&format!("functions:\n  f:\n    handler: a.b\n    {key}: {value}\n    events: {value}\n"));
    }
}
