//! Attachments travel on their own resumable channel: tus 1.0 up, ranges down.

/// The protocol version in `Tus-Resumable`.
pub const TUS_VERSION: &str = "1.0.0";

/// The extensions the server speaks.
pub const TUS_EXTENSIONS: &str = "creation,checksum,termination";

/// The key in `Upload-Metadata` whose (base64) value is the attachment's BLAKE3 as 64 hexadecimal digits.
pub const METADATA_BLAKE3: &str = "blake3";

/// The largest attachment, in bytes: a long high-resolution recording is refused, every photo and document fits.
pub const MAX_ATTACHMENT: u64 = 256 * 1024 * 1024;

/// The largest body of one `PATCH`, in bytes.
pub const MAX_CHUNK: usize = 4 * 1024 * 1024;
