//! What people attach: photos and spoken notes. Told apart when an upload is announced, so that neither is taken for the
//! other; used by the server's uploads and by the browser.

use serde::{Deserialize, Serialize};

/// Bytes that a photo may have (UPL-04).
pub const PHOTO_BYTES: usize = 10 * 1024 * 1024;
/// Bytes that a spoken note may have: [`VOICE_SECONDS`] at twice the bits that the browser is asked to record with.
pub const VOICE_BYTES: usize = 2 * 1024 * 1024;
/// Seconds that a spoken note may last.
pub const VOICE_SECONDS: u32 = 180;

/// What an attachment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// A picture.
    #[default]
    Photo,
    /// Speech.
    Voice,
}

impl AttachmentKind {
    /// Its name in the store.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Voice => "voice",
        }
    }

    /// The kind of this name; a photo where there is none.
    #[must_use]
    pub fn of_code(code: &str) -> Self {
        if code == Self::Voice.code() { Self::Voice } else { Self::Photo }
    }

    /// Bytes that one may have.
    #[must_use]
    pub fn bytes(self) -> usize {
        match self {
            Self::Photo => PHOTO_BYTES,
            Self::Voice => VOICE_BYTES,
        }
    }

    /// What an upload is announced with: `Upload-Metadata` of tus 1.0, a key and its value in Base64.
    #[must_use]
    pub fn metadata(self) -> &'static str {
        match self {
            Self::Photo => "kind cGhvdG8=",
            Self::Voice => "kind dm9pY2U=",
        }
    }

    /// What an upload was announced as; a photo where nothing is said.
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
            assert_eq!(AttachmentKind::of_code(kind.code()), kind);
            assert_eq!(AttachmentKind::of_metadata(kind.metadata()), kind);
            assert_eq!(AttachmentKind::of_metadata(&format!("filename YQ==, {}", kind.metadata())), kind);
        }
        assert_eq!(AttachmentKind::of_metadata(""), AttachmentKind::Photo);
    }
}
