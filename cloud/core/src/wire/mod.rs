//! AWS's wire: requests and answers as every service sees them, and the protocols they are written in.

mod form;
mod protocol;
mod request;
mod response;
mod xml;

pub use form::Form;
pub use protocol::{Protocol, query_answer};
pub use request::{Request, Scope};
pub use response::Response;
pub use xml::{Xml, escape};
