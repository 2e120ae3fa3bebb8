//! A stream that tells its connection when something arrives or goes out.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::connections::Connection;

/// The stream.
pub(super) struct Watched<IO> {
    stream: IO,
    connection: Arc<Connection>,
    /// Whether what is written waits for the other side to read.
    is_write_blocked: bool,
}

impl<IO> Watched<IO> {
    pub(super) fn new(stream: IO, connection: Arc<Connection>) -> Self {
        Self { stream, connection, is_write_blocked: false }
    }

    fn told(&mut self, written: Poll<io::Result<usize>>, context: &Context<'_>) -> Poll<io::Result<usize>> {
        if matches!(written, Poll::Ready(Ok(_))) {
            self.connection.written();
        }
        // hyper 1.12 looks for the next request's answer before it flushes the last one, and not again after that: a request
        // that came while an answer waited for its client would wait for ever.
        if std::mem::replace(&mut self.is_write_blocked, written.is_pending()) && written.is_ready() {
            context.waker().wake_by_ref();
        }
        written
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Watched<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.connection.read();
        }
        polled
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Watched<IO> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.told(written, context)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
