//! AWS's wire: requests and answers as every service sees them, the protocols they are written in, and pages of lists.

mod form;
pub mod http_endpoint;
mod jackson_error;
mod json_member;
mod page;
mod protocol;
mod request;
mod response;
mod stream;
mod xml;

pub use form::Form;
pub use jackson_error::JacksonError;
pub use page::{Page, decode_token, encode_token};
pub use protocol::{Protocol, query_answer};
pub use request::{ActingRole, Request, Scope, Signed};
pub use response::Response;
pub use stream::BodyStream;
pub use xml::{Xml, escape};
