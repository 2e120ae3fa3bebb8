//! Reserved concurrency: how many events of a function run at once, of all its versions together.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cloud_core::ServiceError;

/// How many events of each function run, by its ARN; clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Running {
    by_function: Arc<Mutex<BTreeMap<String, u32>>>,
}

/// An event that runs; it has ended when this is dropped.
#[derive(Debug)]
pub(super) struct RunningEvent {
    running: Running,
    function_arn: String,
}

impl Running {
    /// Begins an event of a function.
    ///
    /// # Errors
    /// As many run as are reserved for it.
    pub(super) fn begin(&self, function_arn: &str, reserved: Option<u32>) -> Result<RunningEvent, ServiceError> {
        let mut running = self.lock();
        let count = running.entry(function_arn.to_owned()).or_default();
        if reserved.is_some_and(|reserved| *count >= reserved) {
            if *count == 0 {
                running.remove(function_arn);
            }
            return Err(limit_exceeded());
        }
        *count += 1;
        Ok(RunningEvent { running: self.clone(), function_arn: function_arn.to_owned() })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, u32>> {
        self.by_function.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for RunningEvent {
    fn drop(&mut self) {
        let mut running = self.running.lock();
        if let Some(count) = running.get_mut(&self.function_arn) {
            *count -= 1;
            if *count == 0 {
                running.remove(&self.function_arn);
            }
        }
    }
}

/// Lambda's answer to an event beyond the function's reserved concurrency.
fn limit_exceeded() -> ServiceError {
    ServiceError::new(429, "TooManyRequestsException", "Rate Exceeded.")
        .with("Reason", "ReservedFunctionConcurrentInvocationLimitExceeded")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_run_than_are_reserved() {
        let running = Running::default();
        let first = running.begin("f", Some(1)).unwrap();
        assert_eq!(running.begin("f", Some(1)).unwrap_err().status, 429);
        assert!(running.begin("g", Some(1)).is_ok() && running.begin("f", None).is_ok());
        drop(first);
        assert!(running.begin("f", Some(1)).is_ok());
        assert!(running.begin("f", Some(0)).is_err());
        assert!(running.lock().is_empty());
    }
}
