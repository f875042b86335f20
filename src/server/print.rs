//! What a photo looks like, in numbers that stay nearly the same when it is made smaller, brighter or encoded anew: a median of
//! its coarse frequencies, of the whole photo and of windows of it, so that a photo is known by a part as well.

use image::{GrayImage, RgbImage, imageops};
use image_hasher::{HashAlg, Hasher, HasherConfig};
use model::AttachmentId;
use std::sync::{Mutex, PoisonError};

/// Windows along each edge: how long they are, and where they begin, in parts of the edge. The first is all of it.
const WINDOWS: [(f32, f32); 5] = [(1.0, 0.0), (0.9, 0.0), (0.9, 0.05), (0.9, 0.1), (0.8, 0.1)];
/// Prints of a photo.
const COUNT: usize = WINDOWS.len() * WINDOWS.len();
/// Pixels to which a photo is made small first.
const SMALL: (u32, u32) = (160, 120);
/// Most bits of 64 in which two prints of one photo differ. Those of two photos differ in 32 on average; so many or fewer come
/// once in a thousand million pairs.
const ALIKE: u32 = 9;

/// Least difference between light and dark of a picture that shows something, of 255: what a tenth of it is darker and a tenth
/// lighter than.
const CONTRAST: u8 = 12;

fn contrast(photo: &GrayImage) -> u8 {
    let mut shades: Vec<u8> = photo.pixels().map(|pixel| pixel.0[0]).collect();
    shades.sort_unstable();
    let at = |tenths: usize| shades.get(shades.len() * tenths / 10).copied().unwrap_or(0);
    at(9).saturating_sub(at(1))
}

/// The prints of a photo, that of the whole first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prints([u64; COUNT]);

impl Prints {
    /// The prints of a picture; `None` of one that shows nothing, for it would look like every other.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // 160 pixels
    pub fn of(photo: &RgbImage) -> Option<Self> {
        let small = imageops::grayscale(&imageops::thumbnail(photo, SMALL.0, SMALL.1));
        if contrast(&small) < CONTRAST {
            return None;
        }
        let hasher = HasherConfig::new().hash_alg(HashAlg::Median).hash_size(8, 8).preproc_dct().to_hasher();
        let mut prints = [0; COUNT];
        let windows = WINDOWS.iter().flat_map(|across| WINDOWS.iter().map(move |down| (*across, *down)));
        for (print, ((width, left), (height, top))) in prints.iter_mut().zip(windows) {
            let (wide, high) = (SMALL.0 as f32, SMALL.1 as f32);
            let at = [left * wide, top * high, width * wide, height * high].map(|length| length as u32);
            *print = print_of(&hasher, &small, at);
        }
        Some(Self(prints))
    }

    /// Whether one is the other, or a part of it.
    #[must_use]
    pub fn are_alike(&self, other: &Self) -> bool {
        let near = |a: u64, b: u64| (a ^ b).count_ones() <= ALIKE;
        self.0.iter().any(|part| near(*part, other.0[0])) || other.0.iter().any(|part| near(*part, self.0[0]))
    }

    /// As they are stored: eight bytes each.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|print| print.to_be_bytes()).collect()
    }

    /// From what was stored; `None` where that is something else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let prints: Vec<u64> = bytes.as_chunks::<8>().0.iter().map(|print| u64::from_be_bytes(*print)).collect();
        Some(Self(prints.try_into().ok()?)).filter(|_| bytes.len() == COUNT * 8)
    }
}

fn print_of(hasher: &Hasher, photo: &GrayImage, [left, top, width, height]: [u32; 4]) -> u64 {
    let hash = hasher.hash_image(&imageops::crop_imm(photo, left, top, width, height).to_image());
    hash.as_bytes().first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

/// A stored print: its number, the photo and what it looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPrint {
    /// Numbers grow with time; of two nodes, one that is a little lower may come later.
    pub seq: u64,
    /// The photo.
    pub photo: AttachmentId,
    /// What it looks like, as [`Prints::to_bytes`] writes it.
    pub prints: Vec<u8>,
}

/// The prints of all photos, in memory: about 250 bytes each. Read from the store as they are needed.
#[derive(Debug, Default)]
pub struct Known(Mutex<Vec<(u64, AttachmentId, Prints)>>);

/// Numbers before the last known one that are read again, because another node may have been slower with them.
const AGAIN: u64 = 200;

impl Known {
    /// The number after which to read on.
    #[must_use]
    pub fn read_up_to(&self) -> u64 {
        self.with(|known| known.last().map_or(0, |(seq, ..)| seq.saturating_sub(AGAIN)))
    }

    /// Takes up what was read.
    pub fn add(&self, read: Vec<StoredPrint>) {
        self.with(|known| {
            for StoredPrint { seq, photo, prints } in read {
                let Some(prints) = Prints::from_bytes(&prints) else { continue };
                if let Err(at) = known.binary_search_by_key(&seq, |(seq, ..)| *seq) {
                    known.insert(at, (seq, photo, prints));
                }
            }
        });
    }

    /// Photos of which one of these may be a copy, without `named`, the first sent first.
    #[must_use]
    pub fn like(&self, prints: &[Prints], named: &[AttachmentId]) -> Vec<AttachmentId> {
        self.with(|known| {
            let alike = known.iter().filter(|(.., other)| prints.iter().any(|print| print.are_alike(other)));
            alike.map(|(_, photo, _)| photo.clone()).filter(|photo| !named.contains(photo)).collect()
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut Vec<(u64, AttachmentId, Prints)>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A picture small, in the eight ways in which it can be turned and mirrored: one tap on any phone.
#[must_use]
pub fn turned(photo: &RgbImage) -> Vec<RgbImage> {
    let small = imageops::thumbnail(photo, SMALL.0 * 2, SMALL.1 * 2);
    let mirrored = imageops::flip_horizontal(&small);
    let ways = [small, mirrored].into_iter().flat_map(|way| {
        let (quarter, half, three) = (imageops::rotate90(&way), imageops::rotate180(&way), imageops::rotate270(&way));
        [way, quarter, half, three]
    });
    ways.collect()
}

mod same;
pub use same::are_same;

#[cfg(test)]
mod tests;
