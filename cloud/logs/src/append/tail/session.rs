//! One live tail's session: what is sent to its client, and when.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cloud_core::{BodyStream, Clock};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{Tail, frames};
use crate::service::Logs;

/// How often something is sent, if only that there is nothing.
const INTERVAL: Duration = Duration::from_secs(1);

/// How long events wait for others. (AWS sends once a second; who watches what runs on the same machine need not wait so long.)
const GATHERING: Duration = Duration::from_millis(25);

/// How long a session lasts at most: "A live tail session can last up to three hours".
const LONGEST: Duration = Duration::from_secs(3 * 60 * 60);

/// How many messages may wait for a client that takes them slowly.
const MESSAGES_WAITING: usize = 16;

/// A session that has begun.
pub(crate) struct Opened {
    pub(crate) tail: Arc<Tail>,
    /// What the client is told first.
    pub(crate) start: Value,
}

/// Begins to send; ends with the client, or after three hours.
pub(crate) fn start(logs: &Logs, opened: Opened) -> BodyStream {
    let (sender, receiver) = mpsc::channel(MESSAGES_WAITING);
    let logs = logs.clone();
    tokio::spawn(async move {
        // Seconds are those of whoever watches, whatever time the cloud shows.
        let machine = logs.inner.clock.machine();
        let session = Session { began_at: machine.now(), machine, sender };
        if let Err(error) = session.run(&opened).await {
            tracing::warn!(%error, "a live tail ended");
        }
        logs.inner.tails.close(&opened.tail);
    });
    BodyStream::new(receiver)
}

struct Session {
    machine: Clock,
    began_at: Timestamp,
    sender: mpsc::Sender<Bytes>,
}

impl Session {
    async fn run(&self, opened: &Opened) -> Result<(), aws_smithy_eventstream::error::Error> {
        let first = [frames::event("initial-response", &json!({}))?, frames::event("sessionStart", &opened.start)?];
        for message in first {
            if !self.send(message).await {
                return Ok(());
            }
        }
        let tail = &opened.tail;
        let mut second_at = self.machine.now();
        while self.wait(tail).await {
            let (events, is_sampled) = {
                let mut buffer = tail.buffer();
                if self.machine.since(second_at) >= INTERVAL {
                    second_at = self.machine.now();
                    buffer.begin_second();
                }
                (std::mem::take(&mut buffer.events), std::mem::take(&mut buffer.is_sampled))
            };
            let update = json!({"sessionMetadata": {"sampled": is_sampled}, "sessionResults": events});
            if !self.send(frames::event("sessionUpdate", &update)?).await {
                return Ok(());
            }
            if self.machine.since(self.began_at) >= LONGEST {
                let ended = json!({"message": "Session timed out"});
                self.send(frames::exception("SessionTimeoutException", &ended)?).await;
                return Ok(());
            }
        }
        Ok(())
    }

    /// Waits until there is something to send; gives whether the client is still there.
    async fn wait(&self, tail: &Tail) -> bool {
        let filled = async {
            tail.filled.notified().await;
            self.machine.sleep(GATHERING).await;
        };
        tokio::select! {
            biased;
            () = self.sender.closed() => false,
            () = filled => true,
            () = self.machine.sleep(INTERVAL) => true,
        }
    }

    /// Sends a message; gives whether the client is still there.
    async fn send(&self, message: Bytes) -> bool {
        self.sender.send(message).await.is_ok()
    }
}
