//! Request bodies: how many bytes of them are in memory at once, and what becomes of those that nobody wants.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use cloud_core::{Clock, DEFAULT_BODY_LIMIT_BYTES};
use http_body_util::BodyExt as _;
use hyper::body::Body;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The largest body that counts as small: nearly all of them are, and none waits for a larger one.
const SMALL_BODY_BYTES: usize = 64 << 10;

/// The bytes of small bodies that services take at once.
const SMALL_BYTES: usize = 64 << 20;

/// The bytes of those up to [`DEFAULT_BODY_LIMIT_BYTES`].
const MEDIUM_BYTES: usize = 64 << 20;

/// The bytes of larger bodies: two of the largest zips, or 24 of the largest events.
const LARGE_BYTES: usize = 144 << 20;

/// The bytes of bodies that endpoints of HTTP APIs take at once: anybody on the machine can send them.
const ENDPOINT_BYTES: usize = 64 << 20;

/// How long a body waits for others to be done with.
const WAIT: Duration = Duration::from_secs(10);

/// What is counted: a body takes whole units.
const UNIT_BYTES: usize = 1_024;

/// How much of a body that is not wanted is read all the same, so that its sender gets to read the answer; how long that may
/// take is the connection's affair, as with a body that is wanted.
pub(super) const REST_BYTES: usize = 128 << 20;

/// Whose bodies share a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Share {
    /// Requests to services.
    Service,
    /// Requests to the endpoints of HTTP APIs.
    Endpoint,
}

/// Bounds the bytes of all bodies under way.
#[derive(Debug, Clone)]
pub(super) struct Bodies {
    small: Arc<Semaphore>,
    medium: Arc<Semaphore>,
    large: Arc<Semaphore>,
    endpoint: Arc<Semaphore>,
    machine: Clock,
}

/// Room for one body; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Room {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Bodies {
    pub(super) fn new(machine: Clock) -> Self {
        let units = |bytes: usize| Arc::new(Semaphore::new(bytes / UNIT_BYTES));
        Self {
            small: units(SMALL_BYTES),
            medium: units(MEDIUM_BYTES),
            large: units(LARGE_BYTES),
            endpoint: units(ENDPOINT_BYTES),
            machine,
        }
    }

    /// Room for so many bytes; waits a while for others. None when there is none.
    pub(super) async fn room(&self, bytes: usize, share: Share) -> Option<Room> {
        let Ok(units @ 1..) = u32::try_from(bytes.div_ceil(UNIT_BYTES)) else {
            return (bytes == 0).then_some(Room { _permit: None });
        };
        let semaphore = match share {
            Share::Endpoint => &self.endpoint,
            Share::Service if bytes <= SMALL_BODY_BYTES => &self.small,
            Share::Service if bytes <= DEFAULT_BODY_LIMIT_BYTES => &self.medium,
            Share::Service => &self.large,
        };
        let semaphore = Arc::clone(semaphore);
        if let Ok(permit) = Arc::clone(&semaphore).try_acquire_many_owned(units) {
            return Some(Room { _permit: Some(permit) });
        }
        let waited = self.machine.timeout(WAIT, semaphore.acquire_many_owned(units)).await;
        // It is never closed.
        let permit = waited.ok()?.ok()?;
        Some(Room { _permit: Some(permit) })
    }
}

/// Why a body was not read.
#[derive(Debug)]
pub(super) enum ReadError {
    TooLarge,
    Broken(String),
}

/// Reads a body of at most so many bytes.
pub(super) async fn read<B>(body: &mut B, limit_bytes: usize) -> Result<Bytes, ReadError>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    let exact = body.size_hint().exact().and_then(|bytes| usize::try_from(bytes).ok());
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| ReadError::Broken(error.to_string()))?;
        // Trailers say nothing that any service here reads.
        let Ok(data) = frame.into_data() else { continue };
        if whole.is_empty() && exact == Some(data.len()) && data.len() <= limit_bytes {
            return Ok(data);
        }
        if whole.len() + data.len() > limit_bytes {
            return Err(ReadError::TooLarge);
        }
        if whole.is_empty() {
            whole.reserve(exact.unwrap_or_default().min(limit_bytes));
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole.freeze())
}

/// Reads and forgets what is left of a body, up to a bound: a client that sends before it reads would otherwise find the
/// connection broken instead of the answer.
pub(super) async fn drain<B>(mut body: B)
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut left = REST_BYTES;
    while let Some(Ok(frame)) = body.frame().await {
        let bytes = frame.data_ref().map_or(0, Bytes::len);
        // What is not read breaks the connection.
        let Some(rest) = left.checked_sub(bytes) else { return };
        left = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::Full;
    use hyper::body::Frame;

    #[tokio::test]
    async fn a_body_is_read_up_to_its_limit() {
        let whole = read(&mut Full::new(Bytes::from_static(b"12345")), 5).await;
        assert_eq!(whole.unwrap(), "12345");
        assert!(matches!(read(&mut Full::new(Bytes::from_static(b"12345")), 4).await, Err(ReadError::TooLarge)));
    }

    #[tokio::test(flavor = "current_thread", start_paused = true)]
    async fn bodies_wait_for_room_and_are_refused_after_a_while() {
        let (machine, control) = Clock::moved_by_hand(jiff::Timestamp::UNIX_EPOCH);
        let bodies = Bodies::new(machine);
        let zip = 70_167_211;
        let first = bodies.room(zip, Share::Service).await.unwrap();
        let second = bodies.room(zip, Share::Service).await.unwrap();
        assert!(bodies.room(5, Share::Service).await.is_some(), "small ones have their own");
        assert!(bodies.room(10 << 20, Share::Endpoint).await.is_some());
        let waiting = tokio::spawn({
            let bodies = bodies.clone();
            async move { bodies.room(zip, Share::Service).await.is_some() }
        });
        while control.next_timer().is_none() {
            tokio::task::yield_now().await;
        }
        drop(first);
        assert!(waiting.await.unwrap());
        let _third = bodies.room(zip, Share::Service).await.unwrap();
        let late = tokio::spawn(async move { bodies.room(zip, Share::Service).await.is_none() });
        while control.next_timer().is_none() {
            tokio::task::yield_now().await;
        }
        control.advance(WAIT);
        assert!(late.await.unwrap());
        drop(second);
    }

    /// A body that arrives in pieces and does not say how many.
    struct Pieces(Vec<&'static str>);

    impl Body for Pieces {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            std::task::Poll::Ready(self.0.pop().map(|piece| Ok(Frame::data(Bytes::from_static(piece.as_bytes())))))
        }
    }

    #[tokio::test]
    async fn what_is_too_large_in_pieces_is_noticed() {
        assert_eq!(read(&mut Pieces(vec!["456", "123"]), 6).await.unwrap(), "123456");
        assert!(matches!(read(&mut Pieces(vec!["456", "123"]), 5).await, Err(ReadError::TooLarge)));
    }
}
