//! What reading an attachment gives: a file made anew, or why there is none.

use crate::print::Prints;

/// Memory for decoding one file, in bytes (SEC-52).
pub const MEMORY: u64 = 256 * 1024 * 1024;

/// An attachment as it is stored: only what is seen or heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clean {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its format.
    pub format: Format,
    /// Width in pixels; 0 for a voice.
    pub width: u32,
    /// Height in pixels; 0 for a voice.
    pub height: u32,
    /// Length in seconds; 0 for a photo.
    pub seconds: u32,
    /// What a photo looks like; `None` for a voice.
    pub prints: Option<Prints>,
}

/// Formats in which files are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A photo.
    Jpeg,
    /// Opus packets in an Ogg stream.
    Ogg,
    /// AAC packets, each with its header.
    Adts,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Jpeg, Self::Ogg, Self::Adts];

    /// Its media type.
    #[must_use]
    pub fn media(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Ogg => "audio/ogg",
            Self::Adts => "audio/aac",
        }
    }
}

/// Why a file is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    /// It cannot be read as its kind, or is broken.
    NotReadable,
    /// It has too many pixels or seconds.
    TooLarge,
    /// The child could not be started, or did not finish in time.
    Unavailable,
}
