//! Attachments: photos and spoken notes. The kind is declared when an upload is announced, so that neither is taken for
//! the other. Used by the server's uploads and by the browser.

use crate::names::code_of;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// Largest photo, in bytes (UPL-04).
pub const PHOTO_BYTES: usize = 10 * 1024 * 1024;
/// Largest spoken note, in bytes: [`VOICE_SECONDS`] at twice the bit rate that the browser is asked to record with.
pub const VOICE_BYTES: usize = 2 * 1024 * 1024;
/// Longest spoken note, in seconds.
pub const VOICE_SECONDS: u32 = 180;

/// The kind of an attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AttachmentKind {
    /// A still picture.
    #[default]
    Photo,
    /// Recorded speech.
    Voice,
}

impl AttachmentKind {
    /// The kind with this name; a photo for any other name.
    #[must_use]
    pub fn of_code(code: &str) -> Self {
        if code == code_of(&Self::Voice) { Self::Voice } else { Self::Photo }
    }

    /// Largest size of this kind, in bytes.
    #[must_use]
    pub fn bytes(self) -> usize {
        match self {
            Self::Photo => PHOTO_BYTES,
            Self::Voice => VOICE_BYTES,
        }
    }

    /// The `Upload-Metadata` header (tus 1.0) that announces an upload of this kind: a key and its value in Base64.
    #[must_use]
    pub fn metadata(self) -> &'static str {
        match self {
            Self::Photo => "kind cGhvdG8=",
            Self::Voice => "kind dm9pY2U=",
        }
    }

    /// The kind that an `Upload-Metadata` header announces; a photo where it announces none.
    #[must_use]
    pub fn of_metadata(metadata: &str) -> Self {
        let voice = metadata.split(',').any(|pair| pair.trim() == Self::Voice.metadata());
        if voice { Self::Voice } else { Self::Photo }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_finds_itself_by_its_name_and_its_announcement() {
        for kind in [AttachmentKind::Photo, AttachmentKind::Voice] {
            assert_eq!(AttachmentKind::of_code(code_of(&kind)), kind);
            assert_eq!(AttachmentKind::of_metadata(kind.metadata()), kind);
            assert_eq!(AttachmentKind::of_metadata(&format!("filename YQ==, {}", kind.metadata())), kind);
        }
        assert_eq!(AttachmentKind::of_metadata(""), AttachmentKind::Photo);
    }
}
