//! What authorizers know from one request to the next: tokens and the keys that verify them, and what functions answered.

mod issuer_keys;
mod token;
mod verdicts;

pub(crate) use issuer_keys::{IssuerKeys, KeysError};
pub(crate) use token::Token;
pub(crate) use verdicts::{Verdict, VerdictKey, Verdicts};
