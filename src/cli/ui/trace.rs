//! With `--verbose`: each call to AWS, and what a deployment tries again or leaves out, as a line on stderr.

use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

use super::Ui;
use super::call_line::{self, Fields};
use super::text::{Tone, toned};

/// The crates whose events are shown name their targets so; libraries have their own, which nobody asked for.
const TARGETS: &str = "workshop::";

impl Ui {
    /// Shows the calls of this process from now on, if more is to be said.
    pub(crate) fn trace_calls(&self) {
        if self.verbose {
            let subscriber = tracing_subscriber::registry().with(TraceLayer { ui: self.clone() });
            // Fails only where a process sets a second one, which this one does not.
            let _ = tracing::subscriber::set_global_default(subscriber);
        }
    }
}

/// Prints events on stderr.
struct TraceLayer {
    ui: Ui,
}

impl<S: Subscriber> Layer<S> for TraceLayer {
    fn enabled(&self, metadata: &Metadata<'_>, _context: Context<'_, S>) -> bool {
        metadata.target().starts_with(TARGETS) && *metadata.level() <= Level::DEBUG
    }

    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let metadata = event.metadata();
        let mut fields = Fields::default();
        event.record(&mut fields);
        let text = call_line::text(metadata.target(), &fields);
        let tone = if *metadata.level() <= Level::WARN { Tone::Warning } else { Tone::Faint };
        self.ui.note_beside_progress(toned(tone, text));
    }
}
