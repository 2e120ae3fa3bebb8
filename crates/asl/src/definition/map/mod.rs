//! Map states.

mod items;
mod read;

use serde::{Deserialize, Serialize};

use super::{Dynamic, FlowIndex, LanguageTemplate, NextOrEnd, Recovery};
use crate::path::Path;
use crate::resource::TaskResource;

pub(super) use read::read;

/// The fields that only distributed mode has.
pub(crate) const ONLY_DISTRIBUTED: [&str; 3] = ["ItemReader", "ItemBatcher", "ResultWriter"];

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Map {
    pub(crate) items: Items,
    /// `ItemSelector`, or `Parameters` of old.
    pub(crate) selector: Option<LanguageTemplate>,
    pub(crate) max_concurrency: Option<Dynamic<u64>>,
    pub(crate) tolerated_failure_count: Option<Dynamic<u64>>,
    pub(crate) tolerated_failure_percentage: Option<Dynamic<f64>>,
    /// What is done with each item.
    pub(crate) processor: FlowIndex,
    pub(crate) mode: MapMode,
    pub(crate) recovery: Recovery,
    pub(crate) then: NextOrEnd,
}

/// Where a Map state's items come from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Items {
    /// `ItemsPath`, the whole effective input by default.
    Path(Path),
    /// `Items`: an array with expressions in it, or one expression.
    Template(jsonata::Template),
    /// `ItemReader`.
    Reader(Box<ItemReader>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum MapMode {
    /// The iterations are part of the execution.
    Inline,
    /// Inline mode with fields that only distributed mode has. AWS takes such a definition and fails the state when it is entered
    /// (reported by others, with and without `"Mode": "INLINE"`).
    InlineWithDistributedFields,
    /// Every iteration, or batch of items, is an execution of its own.
    Distributed(Box<Distributed>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Distributed {
    pub(crate) children: ChildType,
    pub(crate) label: Option<String>,
    pub(crate) batcher: Option<ItemBatcher>,
    pub(crate) writer: Option<ResultWriter>,
}

/// `ExecutionType`: what sort of execution the children of a distributed Map state are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are the language's own")]
pub enum ChildType {
    Standard,
    Express,
}

/// `ItemReader`: the call that brings the items, and how to read what it brings.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ItemReader {
    pub(crate) resource: TaskResource,
    pub(crate) arguments: Option<LanguageTemplate>,
    pub(crate) format: ItemFormat,
    pub(crate) max_items: Option<Dynamic<u64>>,
    /// `ItemsPointer`: a JSON pointer to the array of items in a JSON file.
    pub(crate) items_pointer: Option<String>,
    pub(crate) transformation: ReaderTransformation,
}

/// `InputType` of a reader's configuration.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ItemFormat {
    /// None given: the objects that a bucket lists.
    Listing,
    Json,
    JsonLines,
    /// With the names of the columns, or `None` when the first line has them.
    Csv {
        headers: Option<Vec<String>>,
        delimiter: char,
    },
    /// A list of files, and how to read them.
    Manifest {
        kind: ManifestType,
        files: Box<ItemFormat>,
    },
    Parquet,
}

/// `ManifestType` of a reader's configuration: what sort of list of files a manifest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ManifestType {
    S3Inventory,
    AthenaData,
}

/// `Transformation` of a reader's configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReaderTransformation {
    None,
    /// The objects that a listing names are read, and their items are the items.
    LoadAndFlatten,
}

/// `ItemBatcher`: how many items make the input of one child.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ItemBatcher {
    pub(crate) input: Option<LanguageTemplate>,
    pub(crate) max_items: Option<Dynamic<u64>>,
    pub(crate) max_size_bytes: Option<Dynamic<u64>>,
}

/// `ResultWriter`: where the results of the children are written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ResultWriter {
    pub(crate) resource: Option<TaskResource>,
    pub(crate) arguments: Option<LanguageTemplate>,
    pub(crate) transformation: Transformation,
    pub(crate) output: OutputType,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transformation {
    None,
    Compact,
    Flatten,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OutputType {
    Json,
    JsonLines,
}
