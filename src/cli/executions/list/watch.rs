//! `workshop list --watch`: the list kept up to date on a terminal; elsewhere a line for each change.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::entries::{Entry, Listing};
use crate::cli::error::CliError;
use crate::cli::global::Global;
use crate::cli::time::moment;
use crate::cli::ui::{Tone, Ui, toned};
use aws::clock;
use aws::executions::Status;
use model::names::Arn;

/// How much of a terminal's height is left to the shell.
const ROWS_BELOW: usize = 3;

/// Shows the list until Ctrl-C. It never ends by itself.
pub(super) async fn run(listing: &mut Listing<'_>, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let interval = Duration::from_millis(if global.local { 500 } else { 3000 });
    let zone = TimeZone::system();
    let table = listing.table(&zone);
    let picture = ui.picture();
    let mut seen: BTreeMap<Arn, (Status, Option<String>)> = BTreeMap::new();
    let mut told: Vec<String> = Vec::new();
    loop {
        let (entries, _) = listing.read().await?;
        for note in listing.notes().iter().filter(|note| !told.contains(note)) {
            ui.note_beside_progress(toned(Tone::Warning, note));
        }
        told = listing.notes().to_vec();
        let now = listing.session.aws.now().await;
        if let Some(picture) = &picture {
            let rows = ui.height().unwrap_or(24).saturating_sub(ROWS_BELOW).max(1);
            let shown = entries.get(..rows.min(entries.len())).unwrap_or(&entries);
            let at = toned(Tone::Faint, format!("{}; Ctrl-C ends", moment::local(now, &zone)));
            picture.set_message(ui.painted(&format!("{}\n{at}", table.render(shown, now, ui.width()))));
        } else {
            let changed: Vec<Entry> = entries.into_iter().rev().filter(|entry| is_news(&mut seen, entry)).collect();
            if ui.is_json() {
                changed.iter().try_for_each(|entry| ui.json_line(entry))?;
            } else if !changed.is_empty() {
                let text = table.render(&changed, now, None);
                // The heading stands above the first lines only.
                let is_first = seen.len() == changed.len();
                ui.result(if is_first { text.as_str() } else { text.split_once('\n').map_or("", |it| it.1) })?;
            }
        }
        clock::pause(interval).await;
    }
}

/// Whether an execution is new, or stands differently from when it was seen before.
fn is_news(seen: &mut BTreeMap<Arn, (Status, Option<String>)>, entry: &Entry) -> bool {
    let now = (entry.execution.status, entry.waits_in.clone());
    seen.insert(entry.execution.execution_arn.clone(), now.clone()) != Some(now)
}
