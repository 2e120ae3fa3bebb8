//! `package`: which files of the service's folder are a function's code.

use crate::serverless::reading::report::Report;
use crate::serverless::reading::section::{Ineffective, Located, Refusal, Section};
use crate::serverless::reading::tree::Member;
use crate::service::{CodeSource, PackagePattern};

const REFUSED: &[Refusal] = &[
    Refusal {
        key: "path",
        why: "it names a folder of zips that were built before.",
        hint: "Name each function's zip with `package.artifact`.",
    },
    Refusal { key: "disable", why: "without its code nothing can be deployed.", hint: "Take it out." },
];

const INEFFECTIVE: &[Ineffective] = &[Ineffective {
    key: "excludeDevDependencies",
    why: "what is packaged are the files of the folder that the patterns leave in.",
}];

/// The service's own `package`, or that of a function.
#[derive(Debug, Clone, Default)]
pub(crate) struct Packaging {
    /// `exclude`.
    excludes: Vec<PackagePattern>,
    /// `include`, then `patterns`.
    includes: Vec<PackagePattern>,
    individually: Option<bool>,
    artifact: Option<String>,
}

impl Packaging {
    /// Reads `package`.
    pub(crate) fn read(member: Option<&Member>, path: &str, report: &mut Report) -> Self {
        let Some(mut section) = member.and_then(|member| Section::of(&member.value, path, report)) else {
            return Self::default();
        };
        let excludes = patterns(&mut section, "exclude", true, report);
        let mut includes = patterns(&mut section, "include", false, report);
        includes.extend(patterns(&mut section, "patterns", false, report));
        let individually = section.flag("individually", report);
        let artifact = section.text("artifact", report).map(|artifact| artifact.value);
        section.refuse(REFUSED, report);
        section.note(INEFFECTIVE, report);
        section.finish(report);
        Self { excludes, includes, individually, artifact }
    }

    /// The code of a function, from the service's packaging and the function's own. As in the framework, what anything
    /// includes comes after what anything excludes.
    pub(crate) fn code(&self, own: Self, member: Option<&Member>, report: &mut Report) -> CodeSource {
        if let Some(artifact) = own.artifact {
            return CodeSource::whole(artifact);
        }
        let individually = own.individually.or(self.individually).unwrap_or(false);
        if let Some(member) = member.filter(|_| !individually && own.has_patterns()) {
            let message = "The function's patterns have no effect: without `individually: true` all functions are packaged alike.";
            report.note(&member.at, message);
        }
        if let Some(artifact) = self.artifact.as_ref().filter(|_| !individually) {
            return CodeSource::whole(artifact.as_str());
        }
        let own = if individually { own } else { Self::default() };
        let parts = [&self.excludes, &own.excludes, &self.includes, &own.includes];
        let patterns = parts.into_iter().flatten().cloned().collect();
        CodeSource { path: ".".to_owned(), patterns, bundling: None }
    }

    fn has_patterns(&self) -> bool {
        !self.excludes.is_empty() || !self.includes.is_empty()
    }
}

/// The globs under a key; `!` before one turns its meaning round.
fn patterns(section: &mut Section<'_>, key: &'static str, excludes: bool, report: &mut Report) -> Vec<PackagePattern> {
    let pattern = |written: Located<String>| {
        let (glob, is_negated) = match written.value.strip_prefix('!') {
            Some(glob) => (glob, true),
            None => (written.value.as_str(), false),
        };
        let glob = glob.strip_prefix("./").unwrap_or(glob).to_owned();
        PackagePattern { glob, excludes: is_negated != excludes }
    };
    section.texts(key, report).unwrap_or_default().into_iter().map(pattern).collect()
}
