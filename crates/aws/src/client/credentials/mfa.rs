//! The code of an MFA device, which somebody at a terminal is asked for.

use std::fmt::Debug;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

/// The answer to a question for a code; nothing where there is nobody to ask.
pub type MfaCode = Option<Arc<dyn MfaPrompt>>;

/// Asks for the code that an MFA device shows.
pub trait MfaPrompt: Debug + Send + Sync {
    /// Asks once; `None` where there is nobody to ask.
    ///
    /// # Errors
    /// The terminal can't be read.
    fn ask<'a>(&'a self, serial: &'a str) -> Pin<Box<dyn Future<Output = io::Result<Option<String>>> + Send + 'a>>;
}
