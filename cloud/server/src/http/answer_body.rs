//! The bodies of answers: whole ones, and those whose end is not there yet.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use cloud_core::Stop;
use http_body_util::Full;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;

use super::connections::Connection;

/// The body of one answer.
pub(super) enum AnswerBody {
    Whole(Full<Bytes>),
    Streamed(Box<Streamed>),
}

/// A body that comes piece by piece. It ends when there are no more, or when the cloud is to stop.
pub(super) struct Streamed {
    first: Option<Bytes>,
    pieces: mpsc::Receiver<Bytes>,
    stopped: Pin<Box<dyn Future<Output = ()> + Send>>,
    connection: Arc<Connection>,
}

impl AnswerBody {
    pub(super) fn whole(body: Bytes) -> Self {
        Self::Whole(Full::new(body))
    }

    /// Until it ends its connection counts as being answered.
    pub(super) fn streamed(
        first: Bytes,
        pieces: mpsc::Receiver<Bytes>,
        stop: Stop,
        connection: Arc<Connection>,
    ) -> Self {
        let first = Some(first).filter(|first| !first.is_empty());
        let stopped = Box::pin(async move { stop.given().await });
        Self::Streamed(Box::new(Streamed { first, pieces, stopped, connection }))
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Whole(body) => Pin::new(body).poll_frame(context),
            Self::Streamed(body) => body.poll(context).map(|piece| piece.map(|piece| Ok(Frame::data(piece)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(body) => body.is_end_stream(),
            Self::Streamed(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => body.size_hint(),
            Self::Streamed(_) => SizeHint::default(),
        }
    }
}

impl Streamed {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(first));
        }
        if self.stopped.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        self.pieces.poll_recv(context)
    }
}

impl Drop for Streamed {
    fn drop(&mut self) {
        self.connection.answered();
    }
}
