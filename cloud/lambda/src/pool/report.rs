//! The lines Lambda itself writes into a function's log: START, END, REPORT and what went wrong.

use std::time::Duration;

use jiff::Timestamp;

/// What one invocation used, as its REPORT line tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Usage {
    /// Time from delivering the event to the answer; with the time in which the runtime initialised again.
    pub(crate) duration: Duration,
    /// Time the runtime took to start, on a cold start that did not take too long only.
    pub(crate) init: Option<Duration>,
    /// Configured memory, in MB.
    pub(crate) memory_size_mb: u32,
    /// The most memory the process has had resident, in MB, where the system tells it.
    pub(crate) memory_used_mb: Option<u64>,
    /// How it ended.
    pub(crate) status: InvocationStatus,
}

/// How an invocation ended, as far as REPORT tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum InvocationStatus {
    /// The runtime answered, with a result or with the function's own error.
    Answered,
    /// The function's timeout ran out.
    TimedOut,
    /// The runtime ended or did not start; holds the error's type.
    Failed(String),
}

/// When a runtime initialises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InitPhase {
    /// Before the invocation.
    Init,
    /// Within it, because the first time took too long.
    Invoke,
}

impl InitPhase {
    /// As AWS names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Init => "init",
            Self::Invoke => "invoke",
        }
    }
}

impl Usage {
    /// What is billed: rounded up to the next millisecond and, as for every runtime since August 2025, with the start of the
    /// runtime.
    pub(crate) fn billed_ms(&self) -> u128 {
        ceil_ms(self.duration + self.init.unwrap_or_default())
    }
}

/// The line before an invocation's output.
pub(crate) fn start(request_id: &str, version: &str) -> String {
    format!("START RequestId: {request_id} Version: {version}\n")
}

/// The line after an invocation's output.
pub(crate) fn end(request_id: &str) -> String {
    format!("END RequestId: {request_id}\n")
}

/// What the invocation took, in AWS's own form (tab-separated, times in ms with two decimals).
pub(crate) fn report(request_id: &str, usage: &Usage) -> String {
    let billed_ms = usage.billed_ms();
    let mut line = format!(
        "REPORT RequestId: {request_id}\tDuration: {} ms\tBilled Duration: {billed_ms} ms\tMemory Size: {} MB\t",
        two_decimals(usage.duration),
        usage.memory_size_mb,
    );
    if let Some(used) = usage.memory_used_mb {
        line.push_str(&format!("Max Memory Used: {used} MB\t"));
    }
    if let Some(init) = usage.init {
        line.push_str(&format!("Init Duration: {} ms\t", two_decimals(init)));
    }
    line.push_str(&status_text(&usage.status));
    line.push('\n');
    line
}

/// The line for a start of the runtime that failed, or took too long.
pub(crate) fn init_report(init: Duration, phase: InitPhase, status: &InvocationStatus) -> String {
    format!("INIT_REPORT Init Duration: {} ms\tPhase: {}\t{}\n", two_decimals(init), phase.name(), status_text(status))
}

/// How something ended, at the end of its line; nothing where it ended well.
fn status_text(status: &InvocationStatus) -> String {
    match status {
        InvocationStatus::Answered => String::new(),
        InvocationStatus::TimedOut => "Status: timeout".to_owned(),
        InvocationStatus::Failed(error_type) => format!("Status: error\tError Type: {error_type}"),
    }
}

/// The line for a function that ran out of time.
pub(crate) fn timed_out(now: Timestamp, request_id: &str, timeout_seconds: u32) -> String {
    format!("{now:.3} {request_id} Task timed out after {timeout_seconds}.00 seconds\n\n")
}

/// The lines for a runtime that ended; `message` is the error's text.
pub(crate) fn failed(message: &str, error_type: &str) -> String {
    format!("{message}\n{error_type}\n")
}

fn two_decimals(duration: Duration) -> String {
    format!("{:.2}", duration.as_secs_f64() * 1000.0)
}

fn ceil_ms(duration: Duration) -> u128 {
    duration.as_nanos().div_ceil(1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage() -> Usage {
        Usage {
            duration: Duration::from_micros(1_230),
            init: None,
            memory_size_mb: 128,
            memory_used_mb: Some(31),
            status: InvocationStatus::Answered,
        }
    }

    #[test]
    fn report_of_a_warm_invocation() {
        assert_eq!(
            report("id-1", &usage()),
            "REPORT RequestId: id-1\tDuration: 1.23 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 31 MB\t\n"
        );
    }

    #[test]
    fn report_of_a_cold_start_bills_the_init() {
        let cold = Usage { init: Some(Duration::from_micros(20_500)), ..usage() };
        assert_eq!(
            report("id-1", &cold),
            "REPORT RequestId: id-1\tDuration: 1.23 ms\tBilled Duration: 22 ms\tMemory Size: 128 MB\tMax Memory Used: 31 MB\tInit Duration: 20.50 ms\t\n"
        );
    }

    #[test]
    fn report_says_how_it_failed() {
        let late = Usage { duration: Duration::from_secs(3), status: InvocationStatus::TimedOut, ..usage() };
        assert!(report("id-1", &late).ends_with("Max Memory Used: 31 MB\tStatus: timeout\n"));
        let crashed = Usage { status: InvocationStatus::Failed("Runtime.ExitError".to_owned()), ..usage() };
        assert!(report("id-1", &crashed).ends_with("\tStatus: error\tError Type: Runtime.ExitError\n"));
    }

    #[test]
    fn init_report_says_when_and_how_it_failed() {
        let limit = Duration::from_secs(10);
        assert_eq!(
            init_report(limit, InitPhase::Init, &InvocationStatus::TimedOut),
            "INIT_REPORT Init Duration: 10000.00 ms\tPhase: init\tStatus: timeout\n"
        );
        let failed = InvocationStatus::Failed("Runtime.ExitError".to_owned());
        assert_eq!(
            init_report(Duration::from_micros(1_230), InitPhase::Invoke, &failed),
            "INIT_REPORT Init Duration: 1.23 ms\tPhase: invoke\tStatus: error\tError Type: Runtime.ExitError\n"
        );
    }

    #[test]
    fn timeout_names_the_moment() {
        let now = "2026-01-02T03:04:05.678Z".parse().unwrap();
        assert_eq!(timed_out(now, "id-1", 3), "2026-01-02T03:04:05.678Z id-1 Task timed out after 3.00 seconds\n\n");
    }
}
