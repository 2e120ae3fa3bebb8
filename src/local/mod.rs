//! The embedded cloud: AWS's own wire protocols on one loopback port, for the services the lesson needs.

pub(crate) mod apigw;
pub(crate) mod arn;
pub(crate) mod bucket;
mod cloud;
pub(crate) mod data_dir;
mod dispatch;
pub(crate) mod error;
pub(crate) mod eventual;
pub(crate) mod file_error;
pub(crate) mod form;
pub(crate) mod http;
pub(crate) mod iam;
pub(crate) mod lambda;
pub(crate) mod lifecycle;
pub(crate) mod logs;
pub(crate) mod past;
mod private;
mod protocol;
pub(crate) mod records;
mod run;
pub(crate) mod sfn;
pub(crate) mod store;
mod sts;
mod xml;

pub(crate) use cloud::Cloud;
pub(crate) use eventual::{Setting, Settings};
pub(crate) use run::{LocalError, Ready, RunOptions, run};
