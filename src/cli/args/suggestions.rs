//! What the parser may suggest: nothing that deletes, ends or replaces anything.

use clap::error::{ContextKind, ContextValue, Error};

/// Commands and options that nobody is to run because of a typing error.
pub(super) const DESTRUCTIVE: [&str; 13] = [
    "remove", "stop", "skip", "rollback", "prune", "reset", "restore", "repair", "redrive", "fork", "yes", "replace",
    "adopt",
];

/// Takes suggestions out that would do harm.
pub(super) fn keep_harmless(error: &mut Error) {
    for kind in [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::Suggested] {
        let kept = match error.remove(kind) {
            Some(ContextValue::Strings(all)) => {
                let kept: Vec<String> = all.into_iter().filter(|text| is_harmless(text)).collect();
                (!kept.is_empty()).then_some(ContextValue::Strings(kept))
            }
            Some(ContextValue::StyledStrs(all)) => {
                let kept: Vec<_> = all.into_iter().filter(|text| is_harmless(&text.to_string())).collect();
                (!kept.is_empty()).then_some(ContextValue::StyledStrs(kept))
            }
            Some(ContextValue::String(text)) => is_harmless(&text).then_some(ContextValue::String(text)),
            other => other,
        };
        if let Some(kept) = kept {
            error.insert(kind, kept);
        }
    }
}

fn is_harmless(text: &str) -> bool {
    let mut words = text.split(|character: char| !character.is_ascii_alphanumeric());
    !words.any(|word| DESTRUCTIVE.contains(&word))
}
