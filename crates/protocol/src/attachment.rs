//! Attachments travel on their own resumable channel: tus 1.0 up, ranges down.

use serde::{Deserialize, Serialize};

/// The protocol version in `Tus-Resumable`.
pub const TUS_VERSION: &str = "1.0.0";

/// The extensions the server speaks.
pub const TUS_EXTENSIONS: &str = "creation,checksum,expiration,termination";

/// The key in `Upload-Metadata` whose (base64) value is the attachment's BLAKE3 as 64 hexadecimal digits.
pub const METADATA_BLAKE3: &str = "blake3";

/// The largest attachment, in bytes: a long high-resolution recording is refused, every photo and document fits.
pub const MAX_ATTACHMENT: u64 = 256 * 1024 * 1024;

/// The largest preview, in bytes: twelve seconds at 2 KB/s. What is no larger travels on any link; everything else waits
/// for one that it is allowed on.
pub const MAX_PREVIEW: u64 = 24 * 1024;

/// The most bytes a device may have promised of which not all have arrived.
pub const MAX_UNFINISHED: u64 = 1024 * 1024 * 1024;

/// After so many days without a byte an upload is given up. A laptop may be without a link for weeks.
pub const UNFINISHED_DAYS: u32 = 30;

/// A token with which a scanner or a script uploads in a device's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadTokenGrant {
    /// What goes into `Authorization: Bearer`.
    pub token: String,
    /// Until when it is good, milliseconds since 1970 UTC.
    pub expires_ms: u64,
}
