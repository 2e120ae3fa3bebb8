//! The `ItemReader` of a Map Run: the calls that the driver makes, file by file, and the items that they give.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::definition::{ItemFormat, ItemReader, ReaderTransformation};
use crate::document::Document;
use crate::execution::map::items::{self, File, ItemList, Origin, Unreadable};
use crate::resource::Pattern;
use crate::resource::TaskResource;

/// The progress of reading the items.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ReadProgress {
    /// The reader's parameters, evaluated.
    parameters: Value,
    max_items: Option<u64>,
    stage: Stage,
    /// The items read so far.
    items: Vec<Document>,
    /// The files still to be read.
    files: VecDeque<File>,
    /// The names of the columns that a manifest gives for its files.
    columns: Option<Vec<String>>,
    /// The file that is being read, where it is not the reader's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<File>,
    /// The files that the items come from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    origins: Vec<Origin>,
    /// Whether the items are members of objects.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    are_members: bool,
}

/// What the pending call returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Stage {
    /// A page of a bucket's listing.
    Listing,
    Manifest,
    /// A file with items.
    File,
}

/// A call for the driver to make.
pub(crate) struct Call {
    pub(crate) resource: TaskResource,
    pub(crate) parameters: Value,
}

impl ReadProgress {
    pub(crate) fn new(reader: &ItemReader, parameters: Value, max_items: Option<u64>) -> Self {
        let lists = matches!(&reader.resource, TaskResource::Service { resource, .. } if resource == "listObjectsV2");
        let stage = match reader.format {
            _ if lists => Stage::Listing,
            ItemFormat::Manifest { .. } => Stage::Manifest,
            _ => Stage::File,
        };
        Self {
            parameters,
            max_items: max_items.filter(|most| *most > 0),
            stage,
            items: Vec::new(),
            files: VecDeque::new(),
            columns: None,
            file: None,
            origins: Vec::new(),
            are_members: false,
        }
    }

    /// The first call.
    pub(crate) fn first_call(&self, reader: &ItemReader) -> Call {
        Call { resource: reader.resource.clone(), parameters: self.parameters.clone() }
    }

    /// Processes the response to a call and returns the next call; `None` when everything has been read.
    pub(crate) fn take(&mut self, reader: &ItemReader, answer: &str) -> Result<Option<Call>, Unreadable> {
        let answer: Value = serde_json::from_str(answer)
            .map_err(|problem| Unreadable(format!("The answer of the item reader is not JSON: {problem}.")))?;
        match self.stage {
            Stage::Listing => {
                let (objects, next) = items::listing(&answer)?;
                self.items.extend(objects);
                if let Some(token) = next.filter(|_| !self.is_full()) {
                    let mut parameters = self.parameters.clone();
                    parameters["ContinuationToken"] = token.into();
                    return Ok(Some(Call { resource: reader.resource.clone(), parameters }));
                }
                if reader.transformation == ReaderTransformation::LoadAndFlatten {
                    self.load_listed();
                }
            }
            Stage::Manifest => {
                let ItemFormat::Manifest { kind, .. } = &reader.format else {
                    return Err(Unreadable("The item reader expects no manifest.".to_owned()));
                };
                let manifest = items::manifest(body(&answer)?, *kind, self.bucket())?;
                (self.files, self.columns) = (manifest.files, manifest.columns);
            }
            Stage::File => {
                let read = self.items_of(reader, body(&answer)?)?;
                self.origins.push(Origin { items: read.len(), source: self.source() });
                self.items.extend(read);
            }
        }
        self.stage = Stage::File;
        if self.is_full() {
            return Ok(None);
        }
        self.file = self.files.pop_front();
        Ok(self.file.as_ref().map(|File { bucket, key }| Call {
            resource: TaskResource::Service {
                resource_type: "s3".to_owned(),
                resource: "getObject".to_owned(),
                pattern: Pattern::RequestResponse,
            },
            parameters: json!({ "Bucket": bucket, "Key": key }),
        }))
    }

    /// The items in what the reader is said to have read.
    pub(crate) fn read_whole(mut self, reader: &ItemReader, data: &str) -> Result<ItemList, Unreadable> {
        self.items = match self.stage {
            Stage::Listing if reader.transformation == ReaderTransformation::None => items::json(data, None)?.0,
            _ => self.items_of(reader, data)?,
        };
        Ok(self.into_items())
    }

    fn items_of(&mut self, reader: &ItemReader, text: &str) -> Result<Vec<Document>, Unreadable> {
        let format = match &reader.format {
            ItemFormat::Manifest { .. } if self.columns.is_some() => {
                return items::rows(text, self.columns.as_deref(), ',');
            }
            ItemFormat::Manifest { files, .. } => files,
            format => format,
        };
        match format {
            ItemFormat::Csv { headers, delimiter } => items::rows(text, headers.as_deref(), *delimiter),
            ItemFormat::JsonLines => items::json_lines(text),
            ItemFormat::Json | ItemFormat::Listing | ItemFormat::Manifest { .. } => {
                let (items, are_members) = items::json(text, reader.items_pointer.as_deref())?;
                self.are_members |= are_members;
                Ok(items)
            }
            ItemFormat::Parquet => Err(Unreadable(
                "Parquet files cannot be read here. Give the items as CSV, JSON or JSON Lines.".to_owned(),
            )),
        }
    }

    /// Makes the objects of a listing the files to read.
    fn load_listed(&mut self) {
        let bucket = self.bucket().to_owned();
        let keys = self.items.iter().filter_map(|object| object.value()["Key"].as_str().map(ToOwned::to_owned));
        self.files = keys.map(|key| File { bucket: bucket.clone(), key }).collect();
        self.items.clear();
    }

    fn is_full(&self) -> bool {
        self.max_items.is_some_and(|most| u64::try_from(self.items.len()).is_ok_and(|read| read >= most))
    }

    fn bucket(&self) -> &str {
        self.parameters["Bucket"].as_str().unwrap_or_default()
    }

    /// `Map.Item.Source` of the Context Object for what is being read: the file, or the bucket whose objects are listed. The guide
    /// writes `S3://`; what AWS answers, as recorded by others, starts with `s3://`.
    fn source(&self) -> Arc<str> {
        match (&self.file, self.parameters["Key"].as_str()) {
            (Some(File { bucket, key }), _) => format!("s3://{bucket}/{key}").into(),
            (None, Some(key)) => format!("s3://{}/{key}", self.bucket()).into(),
            (None, None) => format!("s3://{}", self.bucket()).into(),
        }
    }

    pub(crate) fn into_items(mut self) -> ItemList {
        if let Some(most) = self.max_items.and_then(|most| usize::try_from(most).ok()) {
            self.items.truncate(most);
        }
        let named: usize = self.origins.iter().map(|origin| origin.items).sum();
        // A listing has no files; what an earlier version has read names none.
        if let Some(unnamed) = self.items.len().checked_sub(named).filter(|unnamed| *unnamed > 0) {
            self.file = None;
            self.origins.insert(0, Origin { items: unnamed, source: self.source() });
        }
        ItemList { items: self.items, are_members: self.are_members, origins: self.origins }
    }
}

/// The text of an object: a JSON string, or the `Body` of the service's response.
fn body(answer: &Value) -> Result<&str, Unreadable> {
    let body = answer.as_str().or_else(|| answer["Body"].as_str());
    body.ok_or_else(|| Unreadable("The item reader's object has no text.".to_owned()))
}
