//! A question whose answer the terminal does not show.

use std::io::{self, IsTerminal, Write};

use super::text::printable;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// The terminal without echo, until this value goes: also when Ctrl-C ends the command that waits.
struct Quiet {
    before: Termios,
}

impl Quiet {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        // The end of the line is shown.
        quiet.local_modes.insert(LocalModes::ECHONL);
        tcsetattr(io::stdin(), OptionalActions::Flush, &quiet)?;
        Ok(Self { before })
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // Without a terminal any more there is nothing to put back.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}

/// Asks on stderr and reads a line without showing it; nothing where stdin or stderr is no terminal.
///
/// # Errors
/// The terminal can't be read.
pub(crate) async fn ask_hidden(question: &str) -> io::Result<Option<String>> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(None);
    }
    let _quiet = Quiet::begin()?;
    let mut err = io::stderr();
    write!(err, "{}", printable(question)).and_then(|()| err.flush())?;
    let line = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map(|_| line)
    });
    line.await.map_err(io::Error::other)?.map(Some)
}
