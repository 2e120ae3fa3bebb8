//! Parses ItemReader, ItemBatcher and ResultWriter of a Map state.

use super::{
    ItemBatcher, ItemFormat, ItemReader, ManifestType, OutputType, ReaderTransformation, ResultWriter, Transformation,
};
use crate::definition::Dynamic;
use crate::definition::fields::Fields;
use crate::definition::task::resource;
use crate::quotas::{MAX_BATCH_BYTES, MAX_ITEMS};
use crate::resource::TaskResource;

const FORMATS: [(&str, Format); 5] = [
    ("CSV", Format::Csv),
    ("JSON", Format::Json),
    ("JSONL", Format::JsonLines),
    ("PARQUET", Format::Parquet),
    ("MANIFEST", Format::Manifest),
];

const DELIMITERS: [(&str, char); 5] =
    [("COMMA", ','), ("PIPE", '|'), ("SEMICOLON", ';'), ("SPACE", ' '), ("TAB", '\t')];

#[derive(Clone, Copy, PartialEq)]
enum Format {
    Csv,
    Json,
    JsonLines,
    Parquet,
    Manifest,
}

#[derive(Clone, Copy, PartialEq)]
enum HeaderLocation {
    FirstRow,
    Given,
}

/// `ReaderConfig`.
struct ReaderConfig {
    format: ItemFormat,
    max_items: Option<Dynamic<u64>>,
    items_pointer: Option<String>,
    transformation: ReaderTransformation,
}

pub(super) fn reader(fields: &mut Fields<'_, '_>) -> Option<ItemReader> {
    fields.require(&["Resource"]);
    let resource = one_of_resources(fields, &["getObject", "listObjectsV2"]);
    let arguments = fields.arguments();
    let config = fields.object("ReaderConfig", reader_config).unwrap_or(ReaderConfig {
        format: ItemFormat::Listing,
        max_items: None,
        items_pointer: None,
        transformation: ReaderTransformation::None,
    });
    let ReaderConfig { format, max_items, items_pointer, transformation } = config;
    Some(ItemReader { resource: resource?, arguments, format, max_items, items_pointer, transformation })
}

/// The resource of a reader or a writer: a few actions of S3.
fn one_of_resources(fields: &mut Fields<'_, '_>, actions: &[&str]) -> Option<TaskResource> {
    let resource = resource(fields)?;
    let is_allowed = match &resource {
        TaskResource::Service { resource_type, resource, .. } => {
            resource_type == "s3" && actions.contains(&resource.as_str())
        }
        _ => false,
    };
    if !is_allowed {
        fields.report("Resource", "The field 'Resource' does not match any of the allowed values");
    }
    is_allowed.then_some(resource)
}

fn reader_config(config: &mut Fields<'_, '_>) -> ReaderConfig {
    let input_type = config.one_of("InputType", &FORMATS);
    let header_location = config
        .one_of("CSVHeaderLocation", &[("FIRST_ROW", HeaderLocation::FirstRow), ("GIVEN", HeaderLocation::Given)]);
    let headers = config.strings("CSVHeaders");
    let delimiter = config.one_of("CSVDelimiter", &DELIMITERS).unwrap_or(',');
    let manifest = config.one_of(
        "ManifestType",
        &[("S3_INVENTORY", ManifestType::S3Inventory), ("ATHENA_DATA", ManifestType::AthenaData)],
    );
    let transformation = config
        .one_of(
            "Transformation",
            &[("NONE", ReaderTransformation::None), ("LOAD_AND_FLATTEN", ReaderTransformation::LoadAndFlatten)],
        )
        .unwrap_or(ReaderTransformation::None);
    let items_pointer = config.string("ItemsPointer").map(ToOwned::to_owned);
    check_format(config, input_type, manifest);
    if header_location == Some(HeaderLocation::Given) {
        config.require(&["CSVHeaders"]);
    }
    if transformation == ReaderTransformation::LoadAndFlatten && input_type.is_none() {
        config.report_here("The field 'InputType' is required");
    }
    if items_pointer.as_deref().is_some_and(|pointer| !is_json_pointer(pointer)) {
        config.report("ItemsPointer", "The value for the field 'ItemsPointer' must be a valid JSON Pointer");
    }
    let of_files = match input_type {
        None => ItemFormat::Listing,
        Some(Format::Json) => ItemFormat::Json,
        Some(Format::JsonLines | Format::Manifest) => ItemFormat::JsonLines,
        Some(Format::Parquet) => ItemFormat::Parquet,
        Some(Format::Csv) => {
            let headers = headers.filter(|_| header_location == Some(HeaderLocation::Given));
            ItemFormat::Csv { headers, delimiter }
        }
    };
    // A manifest alone is an inventory's: "InputType: MANIFEST" is all that definitions of old have.
    let kind = manifest.or((input_type == Some(Format::Manifest)).then_some(ManifestType::S3Inventory));
    let format = match kind {
        None => of_files,
        Some(ManifestType::S3Inventory) => {
            manifest_of(ManifestType::S3Inventory, ItemFormat::Csv { headers: None, delimiter: ',' })
        }
        Some(ManifestType::AthenaData) => manifest_of(ManifestType::AthenaData, of_files),
    };
    config.require_one_place("MaxItemsPath");
    ReaderConfig {
        format,
        max_items: config.dynamic_integer("MaxItems", "MaxItemsPath", (0, MAX_ITEMS)),
        items_pointer,
        transformation,
    }
}

/// Refuses what the format of the items has no use for. That AWS refuses these is recorded but for the delimiter; its texts are
/// not, other than that of a missing or unsupported header location.
fn check_format(config: &mut Fields<'_, '_>, input_type: Option<Format>, manifest: Option<ManifestType>) {
    // Files of an Athena query have no header row.
    if input_type == Some(Format::Csv) && manifest.is_none() && !config.has("CSVHeaderLocation") {
        config.report_here("The field 'CSVHeaderLocation' is required");
    }
    if input_type.is_some_and(|input_type| input_type != Format::Csv) {
        config.refuse(&["CSVHeaderLocation", "CSVHeaders", "CSVDelimiter"]);
    }
    if input_type.is_some_and(|input_type| input_type != Format::Json) {
        config.refuse(&["ItemsPointer"]);
    }
    match (manifest, input_type) {
        (Some(ManifestType::S3Inventory), Some(input_type)) if input_type != Format::Manifest => {
            config.refuse(&["InputType"]);
        }
        (Some(ManifestType::AthenaData), Some(Format::Json)) => {
            config.report("InputType", "Value should be one of the following: [CSV, JSONL, PARQUET]");
        }
        _ => {}
    }
}

/// Whether a text is a JSON Pointer (RFC 6901).
fn is_json_pointer(text: &str) -> bool {
    let is_rooted = text.is_empty() || text.starts_with('/');
    is_rooted && text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']))
}

fn manifest_of(kind: ManifestType, files: ItemFormat) -> ItemFormat {
    ItemFormat::Manifest { kind, files: Box::new(files) }
}

/// Both numbers begin at 0, as all numbers of a Map state do (recorded by others); 0 batches as 1 does.
pub(super) fn batcher(fields: &mut Fields<'_, '_>) -> ItemBatcher {
    fields.require_one_place("MaxItemsPerBatchPath");
    fields.require_one_place("MaxInputBytesPerBatchPath");
    ItemBatcher {
        input: fields.template("BatchInput"),
        max_items: fields.dynamic_integer("MaxItemsPerBatch", "MaxItemsPerBatchPath", (0, MAX_ITEMS)),
        max_size_bytes: fields.dynamic_integer(
            "MaxInputBytesPerBatch",
            "MaxInputBytesPerBatchPath",
            (0, MAX_BATCH_BYTES),
        ),
    }
}

/// A writer has a configuration, or a resource with its arguments, or both (Step Functions developer guide, "ResultWriter"). AWS's
/// text for missing arguments is recorded; that a writer with nothing wants a resource is ours.
pub(super) fn writer(fields: &mut Fields<'_, '_>) -> ResultWriter {
    if fields.has("Resource") {
        fields.require(&[fields.language.arguments()]);
    } else if !fields.has("WriterConfig") {
        fields.require(&["Resource"]);
    }
    let resource = one_of_resources(fields, &["putObject"]);
    let arguments = fields.arguments();
    let config = fields.object("WriterConfig", |config| {
        let transformation = config.one_of(
            "Transformation",
            &[
                ("NONE", Transformation::None),
                ("COMPACT", Transformation::Compact),
                ("FLATTEN", Transformation::Flatten),
            ],
        );
        let output = config.one_of("OutputType", &[("JSON", OutputType::Json), ("JSONL", OutputType::JsonLines)]);
        (transformation, output)
    });
    let (transformation, output) = config.unwrap_or_default();
    // Without a configuration, results that are written to a bucket are written whole; those that are only returned are the
    // outputs alone.
    let by_default = if resource.is_some() { Transformation::None } else { Transformation::Compact };
    ResultWriter {
        resource,
        arguments,
        transformation: transformation.unwrap_or(by_default),
        output: output.unwrap_or(OutputType::Json),
    }
}
