//! Asks whoever is at the terminal for the code of their MFA device.

use std::io;
use std::pin::Pin;

use crate::cli::ui::{ask_hidden, visible};

/// The terminal that the command runs in.
#[derive(Debug)]
pub(crate) struct Terminal;

impl aws::MfaPrompt for Terminal {
    fn ask<'a>(&'a self, serial: &'a str) -> Pin<Box<dyn Future<Output = io::Result<Option<String>>> + Send + 'a>> {
        // The aws CLI's own words, which people know.
        Box::pin(async move { ask_hidden(&format!("Enter MFA code for {}: ", visible(serial))).await })
    }
}
