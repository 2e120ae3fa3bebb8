//! Parses a Map state.

use super::items::{batcher, reader, writer};
use super::{ChildType, Distributed, Items, Map, MapMode, ONLY_DISTRIBUTED};
use crate::definition::fields::Fields;
use crate::definition::machine::Parser;
use crate::definition::{FlowIndex, LanguageTemplate, QueryLanguage, StateKind, machine, task};
use crate::finding::FindingKind;
use crate::path::Path;
use crate::quotas::MAX_LABEL_CHARS;

/// `MaxConcurrency` and `ToleratedFailureCount` have no upper bound.
const ANY: (u64, u64) = (0, u64::MAX);
/// What a `Label` must not have besides control characters (recorded).
const NOT_IN_A_LABEL: &str = " ?*<>{}[]:;,\\|^~$#%&`\"";

pub(in crate::definition) fn read(fields: &mut Fields<'_, '_>) -> Option<StateKind> {
    let processor = processor(fields);
    let items = items(fields);
    let selector = selector(fields);
    let max_concurrency = fields.dynamic_integer("MaxConcurrency", "MaxConcurrencyPath", ANY);
    let tolerated_failure_count = fields.dynamic_integer("ToleratedFailureCount", "ToleratedFailureCountPath", ANY);
    let tolerated_failure_percentage =
        fields.dynamic_or_path("ToleratedFailurePercentage", "ToleratedFailurePercentagePath", |fields| {
            fields.percentage("ToleratedFailurePercentage")
        });
    for path in ["MaxConcurrencyPath", "ToleratedFailureCountPath", "ToleratedFailurePercentagePath"] {
        fields.require_one_place(path);
    }
    let label = label(fields);
    let batcher = fields.object("ItemBatcher", batcher);
    let writer = fields.object("ResultWriter", writer);
    let recovery = task::recovery(fields);
    let then = fields.transition();
    let (processor, children) = processor?;
    let mode = match children {
        None if ONLY_DISTRIBUTED.iter().any(|name| fields.has(name)) => MapMode::InlineWithDistributedFields,
        None => MapMode::Inline,
        Some(children) => MapMode::Distributed(Box::new(Distributed { children, label, batcher, writer })),
    };
    Some(StateKind::Map(Box::new(Map {
        items: items?,
        selector,
        max_concurrency,
        tolerated_failure_count,
        tolerated_failure_percentage,
        processor,
        mode,
        recovery,
        then,
    })))
}

/// `ItemProcessor`, or `Iterator` of old: the flow, and what its executions are when they are executions of their own.
fn processor(fields: &mut Fields<'_, '_>) -> Option<(FlowIndex, Option<ChildType>)> {
    fields.only_one("ItemProcessor", "Iterator");
    let name = match (fields.has("ItemProcessor"), fields.has("Iterator")) {
        (false, true) => "Iterator",
        (true, _) => "ItemProcessor",
        (false, false) => {
            fields.report_here("This object should have only one of the following fields: [ItemProcessor, Iterator]");
            return None;
        }
    };
    fields.ignore(["ItemProcessor", "Iterator"]);
    fields.object(name, |processor| {
        processor.require(&["StartAt", "States"]);
        processor.string("Comment");
        let children = processor.object("ProcessorConfig", children).flatten();
        Some((machine::flow(processor)?, children))
    })?
}

/// `ProcessorConfig`: the type of the children in distributed mode, nothing in inline mode.
fn children(config: &mut Fields<'_, '_>) -> Option<ChildType> {
    let distributed = config.one_of("Mode", &[("INLINE", false), ("DISTRIBUTED", true)]);
    if distributed == Some(false) {
        // AWS does not know `ExecutionType` there.
        return None;
    }
    let children =
        config.one_of("ExecutionType", &[("STANDARD", ChildType::Standard), ("EXPRESS", ChildType::Express)]);
    if distributed != Some(true) {
        return None;
    }
    config.require(&["ExecutionType"]);
    Some(children.unwrap_or(ChildType::Standard))
}

/// `Label`: a part of the ARN of every Map Run, unique in the machine.
fn label(fields: &mut Fields<'_, '_>) -> Option<String> {
    const NAME: &str = "Label";
    let label = fields.string(NAME)?.to_owned();
    let location = Some(fields.at(NAME));
    let Parser { findings, labels, .. } = fields.parser;
    if label.chars().nth(MAX_LABEL_CHARS).is_some() {
        let message = format!(
            "Invalid Label name: Label '{label}' exceeds the {MAX_LABEL_CHARS}-character limit allowed by the service"
        );
        findings.add(FindingKind::InvalidLabelName, location, message);
    } else if let Some(character) = label.chars().find(|c| NOT_IN_A_LABEL.contains(*c) || c.is_control()) {
        let message = format!("Invalid Label name: Label {label:?} contains the invalid character {character:?}");
        findings.add(FindingKind::InvalidLabelName, location, message);
    } else if !labels.insert(label.clone()) {
        let message = format!("Duplicate Label name: {label}");
        findings.add(FindingKind::DuplicateLabelName, location, message);
    }
    Some(label)
}

fn items(fields: &mut Fields<'_, '_>) -> Option<Items> {
    fields.only_in(QueryLanguage::JsonPath, &["ItemsPath"]);
    fields.only_in(QueryLanguage::Jsonata, &["Items"]);
    let read = fields.object("ItemReader", reader);
    let listed = match fields.language {
        QueryLanguage::JsonPath if fields.has("ItemsPath") => fields.path("ItemsPath").map(Items::Path),
        QueryLanguage::Jsonata if fields.has("Items") => fields.jsonata_template("Items").map(Items::Template),
        _ => Some(Items::Path(Path::whole())),
    };
    match read {
        Some(reader) => Some(Items::Reader(Box::new(reader?))),
        None => listed,
    }
}

fn selector(fields: &mut Fields<'_, '_>) -> Option<LanguageTemplate> {
    fields.only_in(QueryLanguage::JsonPath, &["Parameters"]);
    let selector = fields.template("ItemSelector");
    if fields.language == QueryLanguage::Jsonata {
        return selector;
    }
    fields.only_one("ItemSelector", "Parameters");
    let of_old = fields.template("Parameters");
    selector.or(of_old)
}
