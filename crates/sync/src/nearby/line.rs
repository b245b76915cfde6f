//! The line between two laptops: messages with their lengths, limits before memory is taken, patience for silence.

use std::io;
use std::time::Duration;

use arumbae_courier::MAX_SEALED;
use arumbae_protocol::nearby::MAX_WORD;
use arumbae_protocol::{NearbyMessage, NearbyRefusal, cbor};
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsStream;

use super::error::NearbyError;

/// Memory follows what arrives, not what is promised.
const STEP: usize = 64 << 10;

/// How long the other side may take to hang up.
const GOODBYE: Duration = Duration::from_secs(5);

/// The most that waits to be read of somebody who was refused, in bytes.
const REST: u64 = 1 << 20;

/// What is heard from the other side.
pub(super) struct Ear {
    stream: ReadHalf<TlsStream<TcpStream>>,
    /// How long it waits for the next sign of life.
    pub quiet: Duration,
}

/// What is said to the other side.
pub(super) struct Mouth {
    stream: WriteHalf<TlsStream<TcpStream>>,
    quiet: Duration,
}

/// Both directions of a connection; nothing may move for `quiet` and no longer.
pub(super) fn line(stream: TlsStream<TcpStream>, quiet: Duration) -> (Ear, Mouth) {
    let (read, write) = tokio::io::split(stream);
    (Ear { stream: read, quiet }, Mouth { stream: write, quiet })
}

impl Ear {
    /// The next message, which is no file.
    ///
    /// # Errors
    /// [`NearbyError::RefusedThere`] if the other side will not go on.
    pub async fn word(&mut self) -> Result<NearbyMessage, NearbyError> {
        self.message(MAX_WORD).await
    }

    /// The next message, which may be a file.
    pub async fn file(&mut self) -> Result<NearbyMessage, NearbyError> {
        self.message(MAX_SEALED + MAX_WORD).await
    }

    async fn message(&mut self, longest: usize) -> Result<NearbyMessage, NearbyError> {
        let mut length = [0; 4];
        self.fill(&mut length).await?;
        let length = u32::from_le_bytes(length) as usize;
        if length > longest {
            return Err(senseless());
        }
        let mut bytes = Vec::new();
        while bytes.len() < length {
            let from = bytes.len();
            bytes.resize(length.min(from + STEP), 0);
            self.fill(&mut bytes[from..]).await?;
        }
        match cbor::from_bytes(&bytes).map_err(|_| senseless())? {
            NearbyMessage::Refused(refusal) => Err(NearbyError::RefusedThere(refusal)),
            message => Ok(message),
        }
    }

    async fn fill(&mut self, mut bytes: &mut [u8]) -> Result<(), NearbyError> {
        while !bytes.is_empty() {
            let read = timeout(self.quiet, self.stream.read(bytes)).await.map_err(|_| NearbyError::Silence)?;
            match read.map_err(NearbyError::Cut)? {
                0 => return Err(NearbyError::Cut(io::ErrorKind::UnexpectedEof.into())),
                read => bytes = &mut bytes[read..],
            }
        }
        Ok(())
    }
}

impl Mouth {
    pub async fn say(&mut self, message: &NearbyMessage) -> Result<(), NearbyError> {
        let bytes = cbor::to_bytes(message);
        let length = u32::try_from(bytes.len()).map_err(|_| senseless())?;
        self.put(&length.to_le_bytes()).await?;
        for step in bytes.chunks(STEP) {
            self.put(step).await?;
        }
        let flushed = timeout(self.quiet, self.stream.flush()).await.map_err(|_| NearbyError::Silence)?;
        flushed.map_err(NearbyError::Cut)
    }

    async fn put(&mut self, bytes: &[u8]) -> Result<(), NearbyError> {
        let written = timeout(self.quiet, self.stream.write_all(bytes)).await.map_err(|_| NearbyError::Silence)?;
        written.map_err(NearbyError::Cut)
    }
}

/// Ends a connection, saying why if there is something to say. What the other side was still sending is read, so that
/// the system does not throw away the reason with it.
pub(super) async fn hang_up(mut ear: Ear, mut mouth: Mouth, refusal: Option<NearbyRefusal>) {
    let goodbye = async {
        if let Some(refusal) = refusal {
            mouth.say(&NearbyMessage::Refused(refusal)).await?;
        }
        mouth.stream.shutdown().await.map_err(NearbyError::Cut)?;
        let mut rest = (&mut ear.stream).take(REST);
        tokio::io::copy(&mut rest, &mut tokio::io::sink()).await.map_err(NearbyError::Cut)
    };
    // Whatever becomes of it, the connection is over.
    let _ = timeout(GOODBYE, goodbye).await;
}

/// What was said belongs nowhere.
pub(super) fn senseless() -> NearbyError {
    NearbyError::RefusedHere(NearbyRefusal::Senseless)
}
