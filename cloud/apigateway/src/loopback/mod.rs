//! HTTP servers on this machine: whose URLs integrations and issuers name, and requests to them.
//!
//! Nothing else is reached. A route answers everybody on the machine and every page whose origin its API allows, with the
//! connections of the cloud's own user: where a request goes is fixed by who made the integration, and never leads off the
//! machine.

mod exchange;
mod target;

pub(crate) use exchange::{Answer, ExchangeError, exchange, is_of_connection};
pub(crate) use target::{Target, Unreachable, is_issuer, is_url};
