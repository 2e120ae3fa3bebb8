//! Tests of workflows: whole executions in virtual time, with mocks in place of what they call, judged by expectations.
//!
//! A test file ([`TestFile`]) is data: cases, each with a machine, an input, mocks and expectations; every mistake in it is told
//! with its place. [`run()`] drives the language engine through one case: waiting is moving the clock, and a task is answered by
//! its mock or the run ends and names the mock to write. [`judge()`] holds what happened against what the case expects, and
//! [`Coverage`] counts which states, transitions, rules and clauses the cases of a machine went through.
//!
//! Everything is a value: the same definition, case and seed give the same run. What this crate must not know: any cloud, the
//! AWS SDK, the command line, the file system, threads, and the machine's clock and random source.

mod case;
mod coverage;
mod difference;
mod duration;
mod explore;
mod judge;
mod mock_config;
mod observe;
mod record;
mod run;
mod toml_text;

pub use case::{
    Answer, Calls, Case, ExecutionEnd, Expectation, Expected, Located, MachineChoice, Mock, Predicate, StateMocks,
    Stop, Test, TestFile, test_file_schema,
};
pub use coverage::{Count, Coverage, Missed, Part, Summary, lcov};
pub use difference::{Difference, json_equal};
pub use duration::{parse_duration, shown_duration};
pub use explore::{Exploration, Finding, FindingKind, explore};
pub use judge::{Failure, judge};
pub use observe::{Observed, Stand, compare, stand, with_inside};
pub use record::{Masking, Recorded, RecordedCase, RecordedChild, RecordedEvent, record};
pub use run::{Call, ChildRun, Outside, Passed, Problem, Run, Subject, TimelineLine, Tone, run, run_with, timeline};
pub use toml_text::{toml_data, toml_key, toml_text, toml_value};
