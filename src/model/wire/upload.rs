//! Photos and spoken notes.

use crate::AttachmentId;
use serde::{Deserialize, Serialize};

/// Where a photo is sent: its bytes as the body, answered with [`Uploaded`].
pub const UPLOADS: &str = "/api/uploads";

/// The path of a stored photo.
#[must_use]
pub fn photo_path(id: &str) -> String {
    format!("/api/photos/{id}")
}

/// The path of a stored spoken note.
#[must_use]
pub fn voice_path(id: &str) -> String {
    format!("/api/voices/{id}")
}

/// The path of an upload that can be resumed.
#[must_use]
pub fn upload_path(id: &str) -> String {
    format!("{UPLOADS}/{id}")
}

/// Answer of an upload.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Uploaded {
    /// To be named in what it belongs to.
    pub id: AttachmentId,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}
