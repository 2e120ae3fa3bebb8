//! What the client of a connection does.

use cloud_server::Peer;

/// What a client does, as the first byte says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Habits(pub(crate) u8);

impl Habits {
    /// Whether the other bytes are what is sent, rather than choices of requests.
    pub(crate) fn is_raw(self) -> bool {
        self.0 & 1 == 0
    }

    /// How many bytes go over the connection at once.
    pub(crate) fn piece_bytes(self) -> usize {
        [64 << 10, 1 << 10, 61, 7][usize::from(self.0 >> 1 & 3)]
    }

    /// Whether it says that it has sent everything.
    pub(crate) fn shuts_down(self) -> bool {
        self.0 & 8 != 0
    }

    pub(crate) fn peer(self) -> Peer {
        [Peer::Owner, Peer::Owner, Peer::Other(65534), Peer::Unknown][usize::from(self.0 >> 4 & 3)]
    }

    /// Whether it goes away in the middle of an answer.
    pub(crate) fn goes_away(self) -> bool {
        self.0 & 64 != 0
    }
}
