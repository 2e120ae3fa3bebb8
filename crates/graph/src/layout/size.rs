//! How large things are, in pixels.

use crate::definition::State;
use crate::shown::{cut_last_word_px, cut_px, width_px, wrapped};

/// The font's size of names.
pub(crate) const NAME_PX: i32 = 13;
/// The font's size of captions and labels.
pub(crate) const SMALL_PX: i32 = 11;
/// From one line of a name to the next.
pub(crate) const NAME_LINE: i32 = 17;
/// The radius of a mark.
pub(crate) const MARK_RADIUS: i32 = 8;
/// Above the flows inside a state, for its name.
pub(super) const HEADER: i32 = 46;
/// Around the flows inside a state.
pub(super) const PADDING: i32 = 14;
/// Between boxes side by side.
pub(super) const BOX_GAP: i32 = 28;
/// Beside a line that runs along a layer.
pub(super) const BEND_GAP: i32 = 16;
/// Between layers, at least.
pub(super) const LAYER_GAP: i32 = 30;
/// What a layer may take, where there is more than one box in it.
pub(super) const LAYER_WIDTH: i32 = 1200;
/// Right of a state that leads to itself.
pub(super) const LOOP_ROOM: i32 = 30;
/// The height of a label.
pub(super) const LABEL_HEIGHT: i32 = 18;

const NARROWEST: i32 = 120;
const NAME_ROOM: i32 = 200;
const CAPTION_ROOM: i32 = 210;
const LABEL_ROOM: i32 = 190;
/// Left and right of a text: room for the status beside it.
const TEXT_MARGIN: i32 = 22;

/// A state's texts as they fit, and the size of its box without what is inside.
pub(super) struct StateText {
    pub(super) name: Vec<String>,
    pub(super) caption: String,
    pub(super) width: i32,
    pub(super) height: i32,
}

pub(super) fn state_text(state: &State) -> StateText {
    let name = wrapped(&state.shown, NAME_PX, NAME_ROOM);
    let whole = match state.detail.as_str() {
        "" => state.type_name().to_owned(),
        detail => format!("{} · {detail}", state.type_name()),
    };
    let caption = cut_last_word_px(&whole, SMALL_PX, CAPTION_ROOM);
    let widest = name.iter().map(|line| width_px(line, NAME_PX)).max().unwrap_or(0);
    // The tips of a Choice's box take some of it.
    let tips = if state.kind == Some(asl::StateType::Choice) { 16 } else { 0 };
    let width = widest.max(width_px(&caption, SMALL_PX)) + 2 * TEXT_MARGIN + tips;
    let lines = name.len() as i32;
    // Even, so that the middle is a whole number.
    StateText { name, caption, width: width.max(NARROWEST) / 2 * 2, height: 30 + NAME_LINE * lines }
}

/// A label as it fits, and its width.
pub(super) fn label_text(full: &str) -> (String, i32) {
    let text = cut_px(full, SMALL_PX, LABEL_ROOM);
    let width = width_px(&text, SMALL_PX) + 8;
    (text, (width + 1) / 2 * 2)
}
