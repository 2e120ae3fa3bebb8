//! How functions of Node.js are bundled: `custom.esbuild` of the plugin `serverless-esbuild`, and `build.esbuild`.

use serde_json::Value;

use crate::serverless::reading::report::Report;
use crate::serverless::reading::section::{Ineffective, Refusal, Section, flag};
use crate::serverless::reading::tree::{Content, Member};
use crate::service::Bundling;

const BUNDLE_YOURSELF: &str =
    "Take it out, or bundle the functions yourself and name each function's zip with `package.artifact`.";

const REFUSED: &[Refusal] = &[
    Refusal { key: "plugins", why: "they are programs, and reading a service file runs none.", hint: BUNDLE_YOURSELF },
    Refusal { key: "configFile", why: "it is a program, and reading a service file runs none.", hint: BUNDLE_YOURSELF },
    Refusal { key: "define", why: "the names would have no values in the bundle.", hint: BUNDLE_YOURSELF },
    Refusal { key: "inject", why: "what it names would be missing in the bundle.", hint: BUNDLE_YOURSELF },
    Refusal { key: "loader", why: "files are loaded as esbuild does by itself.", hint: BUNDLE_YOURSELF },
    Refusal { key: "alias", why: "modules are found under their own names.", hint: BUNDLE_YOURSELF },
];

const AS_IT_IS: &str = "esbuild bundles for Node.js, in the form of modules that the package.json says.";
const OWN_TOOLS: &str = "packaging has its own way of doing this.";

const INEFFECTIVE: &[Ineffective] = &[
    Ineffective { key: "format", why: AS_IT_IS },
    Ineffective { key: "platform", why: AS_IT_IS },
    Ineffective { key: "outputFileExtension", why: AS_IT_IS },
    Ineffective { key: "splitting", why: AS_IT_IS },
    Ineffective { key: "mainFields", why: AS_IT_IS },
    Ineffective { key: "resolveExtensions", why: AS_IT_IS },
    Ineffective { key: "banner", why: AS_IT_IS },
    Ineffective { key: "keepNames", why: AS_IT_IS },
    Ineffective { key: "charset", why: AS_IT_IS },
    Ineffective { key: "treeShaking", why: AS_IT_IS },
    Ineffective { key: "sourcesContent", why: AS_IT_IS },
    Ineffective { key: "tsconfig", why: "esbuild reads the tsconfig.json beside the sources." },
    Ineffective {
        key: "exclude",
        why: "Lambda's own packages are never bundled, and every other that is imported is.",
    },
    Ineffective { key: "nodeExternals", why: "packages are bundled but for those under `external`." },
    Ineffective { key: "packages", why: "packages are bundled but for those under `external`." },
    Ineffective { key: "packager", why: "packages are taken from `node_modules`." },
    Ineffective { key: "packagePath", why: "packages are taken from `node_modules`." },
    Ineffective { key: "packagerOptions", why: "packages are taken from `node_modules`." },
    Ineffective { key: "installExtraArgs", why: "packages are taken from `node_modules`." },
    Ineffective { key: "concurrency", why: OWN_TOOLS },
    Ineffective { key: "buildConcurrency", why: OWN_TOOLS },
    Ineffective { key: "zipConcurrency", why: OWN_TOOLS },
    Ineffective { key: "watch", why: "`workshop deploy --watch` watches what is bundled." },
    Ineffective { key: "keepOutputDirectory", why: OWN_TOOLS },
    Ineffective { key: "outputWorkFolder", why: OWN_TOOLS },
    Ineffective { key: "outputBuildFolder", why: OWN_TOOLS },
    Ineffective { key: "nativeZip", why: OWN_TOOLS },
    Ineffective { key: "disableIncremental", why: OWN_TOOLS },
    Ineffective { key: "disposeContext", why: OWN_TOOLS },
    Ineffective { key: "logLevel", why: OWN_TOOLS },
    Ineffective { key: "logLimit", why: OWN_TOOLS },
    Ineffective { key: "skipBuild", why: OWN_TOOLS },
    Ineffective { key: "skipRebuild", why: OWN_TOOLS },
    Ineffective { key: "stripEntryResolveExtensions", why: OWN_TOOLS },
];

/// Reads `custom.esbuild`.
pub(crate) fn of_plugin(member: Option<&Member>, report: &mut Report) -> Bundling {
    member.map_or_else(Bundling::default, |member| options(member, "custom.esbuild", report))
}

/// Reads `build`: `esbuild`, or an object with its options. `esbuild: false` leaves JavaScript as it is.
pub(crate) fn of_build(member: &Member, report: &mut Report) -> Option<Bundling> {
    if member.value.as_text() == Some("esbuild") {
        return Some(Bundling::default());
    }
    let mut section = Section::of(&member.value, "build", report)?;
    let esbuild = section.take("esbuild");
    section.finish(report);
    let esbuild = esbuild?;
    match esbuild.value.content {
        Content::Scalar(_) => flag(&esbuild.value, "build.esbuild", report)?.then(Bundling::default),
        _ => Some(options(esbuild, "build.esbuild", report)),
    }
}

fn options(member: &Member, path: &str, report: &mut Report) -> Bundling {
    let Some(mut section) = Section::of(&member.value, path, report) else { return Bundling::default() };
    if section.flag("bundle", report) == Some(false) {
        let message =
            format!("`{}` can't be honoured: functions are bundled, or packaged as they are.", section.path("bundle"));
        report.error(section.at, message, BUNDLE_YOURSELF);
    }
    let bundling = Bundling {
        minify: section.flag("minify", report).unwrap_or(false),
        source_map: source_map(&mut section, report),
        target: section.text("target", report).map(|target| target.value),
        external: section.texts("external", report).unwrap_or_default().into_iter().map(|name| name.value).collect(),
    };
    section.refuse(REFUSED, report);
    section.note(INEFFECTIVE, report);
    section.finish(report);
    bundling
}

/// `sourcemap`: yes, no, or a kind of map. It is always a file beside the bundle.
fn source_map(section: &mut Section<'_>, report: &mut Report) -> bool {
    let Some(member) = section.take("sourcemap") else { return false };
    match &member.value.content {
        Content::Scalar(Value::Bool(wanted)) => *wanted,
        Content::Scalar(Value::String(kind)) if kind == "true" || kind == "linked" => true,
        Content::Scalar(Value::String(kind)) if kind == "false" => false,
        _ => {
            let path = section.path("sourcemap");
            report.note(&member.at, format!("`{path}` means a map in a file beside the bundle, whatever its kind."));
            true
        }
    }
}
