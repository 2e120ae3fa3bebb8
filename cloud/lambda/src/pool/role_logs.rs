//! The log of a function as its role may write it: on AWS a function whose role lacks `logs:PutLogEvents` has no lines.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cloud_core::{Actor, Location, LogWriter, Permit, PortFuture, RoleDirectory, ServiceError};
use jiff::Timestamp;

use crate::model::FunctionVersion;

/// Writes what a function's role may write to one sandbox's stream; what it may not is left out, which leaves one trace.
pub(super) struct RoleLogs {
    logs: Arc<dyn LogWriter>,
    roles: Arc<dyn RoleDirectory>,
    role: String,
    /// The session's name: the function's.
    session: String,
    is_told: AtomicBool,
    /// Whether its stream is there: what makes it is asked for once, as on AWS.
    has_stream: AtomicBool,
}

impl RoleLogs {
    pub(super) fn new(logs: Arc<dyn LogWriter>, roles: Arc<dyn RoleDirectory>, version: &FunctionVersion) -> Self {
        let is_told = AtomicBool::new(false);
        let has_stream = AtomicBool::new(false);
        Self { logs, roles, role: version.role.clone(), session: version.name.clone(), is_told, has_stream }
    }

    /// Whether the role may write to a stream, and make its group where that is missing.
    fn may_write(&self, location: &Location, group: &str, stream: &str) -> bool {
        let arn = |stream: &str| location.arn("logs", &format!("log-group:{group}:log-stream:{stream}"));
        let mut asked = vec![("logs:PutLogEvents", arn(stream))];
        if !self.has_stream.load(Ordering::Relaxed) {
            asked.push(("logs:CreateLogStream", arn(stream)));
        }
        if !self.logs.has_group(location, group) {
            asked.push(("logs:CreateLogGroup", arn("")));
        }
        let actor = Actor::Role { arn: &self.role, session: &self.session };
        let refused = asked.iter().find_map(|(action, arn)| self.roles.permit(&Permit::new(actor, action, arn)).err());
        self.has_stream.fetch_or(refused.is_none(), Ordering::Relaxed);
        if let Some(refused) = &refused
            && !self.is_told.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(target: "cloud::lambda", function = self.session, %refused, "a function's log is not written");
        }
        refused.is_none()
    }
}

impl LogWriter for RoleLogs {
    fn write<'a>(
        &'a self,
        location: &'a Location,
        group: &'a str,
        stream: &'a str,
        lines: Vec<(Timestamp, String)>,
    ) -> PortFuture<'a, Result<(), ServiceError>> {
        match self.may_write(location, group, stream) {
            true => self.logs.write(location, group, stream, lines),
            false => Box::pin(async { Ok(()) }),
        }
    }

    fn flush<'a>(&'a self, location: &'a Location, group: &'a str) -> PortFuture<'a, ()> {
        self.logs.flush(location, group)
    }

    fn has_group(&self, location: &Location, group: &str) -> bool {
        self.logs.has_group(location, group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{AllRoles, KeptLogs};

    #[tokio::test]
    async fn who_writes_is_asked_about_once_a_batch() {
        let roles = Arc::new(AllRoles::default());
        let logs = RoleLogs {
            logs: Arc::new(KeptLogs::default()),
            roles: Arc::clone(&roles) as Arc<dyn RoleDirectory>,
            role: "arn:aws:iam::000000000000:role/r".to_owned(),
            session: "f".to_owned(),
            is_told: AtomicBool::new(false),
            has_stream: AtomicBool::new(false),
        };
        let mut asked = Vec::new();
        for _ in 0..3 {
            let lines = vec![(Timestamp::UNIX_EPOCH, "line".to_owned())];
            logs.write(&Location::default(), "/aws/lambda/f", "s", lines).await.unwrap();
            asked.push(roles.asked.swap(0, Ordering::Relaxed));
        }
        assert_eq!(asked[1..], [1, 1], "what makes group and stream is asked for once: {asked:?}");
    }
}
