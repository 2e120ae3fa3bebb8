//! Pictures of state machines: a definition is read and laid out once, and drawn as SVG, Mermaid or text for a terminal.
//!
//! # What it is for
//! One piece of code for every place that shows a state machine: the command line, the documentation, a page.
//!
//! * [`Graph::read`] takes any JSON: what is malformed is left out, and a transition to a state that is not there is drawn as
//!   one, so that a definition can be looked at while it is written.
//! * [`Graph::layout`] places everything, in layers from the start downwards; branches and what a Map state does with an item
//!   lie inside their state. The same definition gives the same layout, on every machine.
//! * [`Layout::svg`], [`Graph::mermaid`] and [`Graph::outline`] draw it. [`Statuses::of`] folds the events of an execution into
//!   the status of each state, which all three show.
//!
//! # What it must not know
//! Any cloud, file, clock or terminal: an outline comes as pieces of text with the tone of each. Names and
//! expressions are untrusted text: control characters and what turns the direction of writing are replaced, markup is escaped.
//!
//! ```
//! use graph::{Graph, SvgStyle};
//!
//! let definition = serde_json::json!({
//!     "StartAt": "Wait",
//!     "States": {
//!         "Wait": { "Type": "Wait", "Seconds": 10, "Next": "Send" },
//!         "Send": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true }
//!     }
//! });
//! let graph = Graph::read(&definition);
//! assert_eq!(graph.names().collect::<Vec<_>>(), ["Wait", "Send"]);
//! assert!(graph.layout().svg(&graph, None, SvgStyle::Embedded).starts_with("<svg "));
//! ```

mod definition;
mod layout;
mod mermaid;
mod outline;
mod shown;
mod status;
mod svg;

pub use definition::Graph;
pub use layout::Layout;
pub use outline::{Line, Piece, Tone};
pub use status::{Event, Progress, Status, Statuses, Visit, Visits};
pub use svg::SvgStyle;
