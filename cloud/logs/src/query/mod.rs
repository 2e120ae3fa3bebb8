//! Queries over log events: the query language of CloudWatch Logs Insights, as far as it is simple.
//!
//! Commands: `fields`, `display`, `filter`, `parse`, `stats`, `sort`, `limit`, `dedup`
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html>). What is not known is refused with the
//! place where it stands.

mod aggregate;
mod command;
mod ended;
mod expression;
mod extraction;
mod functions;
mod parser;
mod pipeline;
mod record;
mod row;
mod value;

pub(crate) use command::Query;
pub(crate) use ended::{EndedQueries, EndedQuery};
pub(crate) use pipeline::Pipeline;
pub(crate) use record::Record;
