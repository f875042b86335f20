//! Photos and spoken notes.

use crate::AttachmentId;
use serde::{Deserialize, Serialize};

/// Path to which a photo is sent whole as the body, answered with [`Uploaded`], or at which an upload is announced
/// (tus 1.0).
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

/// Path of a resumable upload.
#[must_use]
pub fn upload_path(id: &str) -> String {
    format!("{UPLOADS}/{id}")
}

/// Answer to a photo that was sent whole.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Uploaded {
    /// Id, by which a grievance or action names it.
    pub id: AttachmentId,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}
