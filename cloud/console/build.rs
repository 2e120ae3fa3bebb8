//! Makes one script of the page's modules: a browser asks for one file instead of thirty, one after the other as each is read.
//!
//! Each module becomes a function that is called once, after those that it imports; what it exports is an object. Imports and exports
//! are taken as the modules in `assets` write them: each at the beginning of its own line, in one line. Whatever else looks like one fails
//! the build, and so does a circle.

use std::collections::BTreeSet;
use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The module that all others are reached from.
const FIRST: &str = "main.js";

fn main() -> Result<(), Box<dyn Error>> {
    let assets = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("assets");
    println!("cargo::rerun-if-changed={}", assets.display());
    let mut bundle = Bundle { assets, script: String::new(), done: BTreeSet::new(), under_way: Vec::new() };
    bundle.add(FIRST)?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("console.js"), bundle.script)?;
    Ok(())
}

struct Bundle {
    assets: PathBuf,
    script: String,
    done: BTreeSet<String>,
    /// The modules whose imports are being added.
    under_way: Vec<String>,
}

/// A module's text without its imports and exports, and what it exports: the name outside, and what stands for it.
#[derive(Default)]
struct Module {
    text: String,
    exports: Vec<(String, String)>,
}

impl Bundle {
    /// Adds a module after those that it imports.
    fn add(&mut self, name: &str) -> Result<(), Box<dyn Error>> {
        if self.under_way.iter().any(|above| above == name) {
            return Err(format!("{name} imports itself by way of {}", self.under_way.join(", ")).into());
        }
        if self.done.contains(name) {
            return Ok(());
        }
        self.under_way.push(name.to_owned());
        let text = fs::read_to_string(self.assets.join(name))?;
        let mut module = Module::default();
        for line in text.lines() {
            self.add_line(name, line, &mut module).map_err(|error| format!("{name}: {line:.80}: {error}"))?;
        }
        let exports: Vec<String> =
            module.exports.iter().map(|(outside, inside)| format!("{outside}: {inside}")).collect();
        let exports = exports.join(", ");
        writeln!(self.script, "const {} = (() => {{\n{}return {{ {exports} }};\n}})();", variable(name), module.text)?;
        self.under_way.pop();
        self.done.insert(name.to_owned());
        Ok(())
    }

    fn add_line(&mut self, name: &str, line: &str, module: &mut Module) -> Result<(), Box<dyn Error>> {
        let mut rest = line;
        // Minified libraries have theirs before and after all else in one line.
        while let Some((clause, from, after)) = statement(rest, "import") {
            let from = self.added(name, from)?;
            match clause.strip_prefix('{') {
                Some(_) => writeln!(module.text, "const {{ {} }} = {from};", renamed(clause, ": "))?,
                None => writeln!(module.text, "const {clause} = {from}.default;")?,
            }
            rest = after;
        }
        if let Some((clause, from, after)) = statement(rest, "export") {
            let from = self.added(name, from)?;
            module.exports.extend(pairs(clause).map(|(inside, outside)| (outside, format!("{from}.{inside}"))));
            rest = after;
        }
        if let Some((before, list)) = rest.rsplit_once("export{") {
            module.exports.extend(pairs(list.trim_end_matches(';')).map(|(inside, outside)| (outside, inside)));
            rest = before;
        }
        if let Some((before, function)) = rest.split_once("export default function(") {
            module.exports.push(("default".to_owned(), "its_default".to_owned()));
            writeln!(module.text, "{before}const its_default=function({function}")?;
            return Ok(());
        }
        if let Some(declared) = rest.strip_prefix("export ") {
            let words = declared.split(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == '$'));
            let exported = words.clone().find(|word| !["async", "function", "const", "class"].contains(word));
            let exported = exported.filter(|word| !word.is_empty()).ok_or("what is exported?")?.to_owned();
            module.exports.push((exported.clone(), exported));
            rest = declared;
        }
        if rest.starts_with("import ") || rest.starts_with("export ") {
            return Err("this is no import or export as the others are".into());
        }
        writeln!(module.text, "{rest}")?;
        Ok(())
    }

    /// Adds what a module imports, and gives what it is called.
    fn added(&mut self, by: &str, path: &str) -> Result<String, Box<dyn Error>> {
        let folder = Path::new(by).parent().unwrap_or(Path::new(""));
        let path = folder.join(path.strip_prefix("./").ok_or("a module is imported by ./")?);
        let path = path.to_str().ok_or("a name is text")?;
        self.add(path)?;
        Ok(variable(path))
    }
}

/// A statement such as `import { a } from "./b.js";` at the beginning of a text: what it names, from where, and what follows it.
fn statement<'a>(text: &'a str, keyword: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let rest = text.strip_prefix(keyword)?;
    let (clause, rest) = rest.split_once("from")?;
    let (from, rest) = rest.trim_start().strip_prefix('"')?.split_once('"')?;
    let is_list = clause.trim().starts_with('{') || clause.trim().chars().all(char::is_alphanumeric);
    is_list.then(|| (clause.trim(), from, rest.strip_prefix(';').unwrap_or(rest)))
}

/// The names of a list such as `{ a, b as c }`, each with its other one.
fn pairs(list: &str) -> impl Iterator<Item = (String, String)> {
    let names = list.trim_matches(['{', '}', ' ']).split(',').map(str::trim).filter(|name| !name.is_empty());
    names.map(|name| {
        let (one, other) = name.split_once(" as ").unwrap_or((name, name));
        (one.trim().to_owned(), other.trim().to_owned())
    })
}

fn renamed(list: &str, between: &str) -> String {
    let names = pairs(list).map(|(one, other)| if one == other { one } else { format!("{one}{between}{other}") });
    names.collect::<Vec<_>>().join(", ")
}

/// What the exports of a module are called.
fn variable(name: &str) -> String {
    name.trim_end_matches(".js").replace(|letter: char| !letter.is_alphanumeric(), "_") + "_module"
}
