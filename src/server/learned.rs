//! The file in which `pratikar train` keeps what it learned about categories, and the server that goes by it.
//!
//! Each node has its own; training on the same database makes the same file. Without one nothing is suggested.

use anyhow::{Context, Result, bail};
use model::Time;
use model::suggestion::{Classifier, Head};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// Its name in the data folder.
pub const FILE: &str = "suggestions.model";
/// What it begins with. Another number where the features or the format are others; older files are then learned anew.
const MAGIC: &[u8] = b"pratikar suggestions 1\n";
/// Level of compression: most weights are 0.
const LEVEL: i32 = 6;
/// Largest content, in bytes: 131,072 buckets of 200 categories, and what stands before them.
const LARGEST: usize = 32 << 20;
/// How often the server looks whether there is a newer file.
const LOOK: Duration = Duration::from_secs(10);

/// What was learned, and from what.
#[derive(Debug, Clone, PartialEq)]
pub struct Learned {
    /// Where it comes from.
    pub source: Source,
    /// What was learned.
    pub classifier: Classifier,
}

/// Where what was learned comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// When suggestions were made for the first time here. What was categorised since may only repeat them.
    pub since: Time,
    /// When it was learned.
    pub at: Time,
    /// From how many grievances.
    pub examples: usize,
}

/// What stands before the weights in the file.
#[derive(Serialize, Deserialize)]
struct Front {
    source: Source,
    head: Head,
    rarity: usize,
}

impl Learned {
    /// Reads the file of a data folder; `None` where there is none.
    ///
    /// # Errors
    /// Where it cannot be read, is damaged or is of another version.
    pub fn read(data: &Path) -> Result<Option<Self>> {
        let path = data.join(FILE);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        };
        let learned = Self::from_bytes(&bytes);
        learned.map(Some).with_context(|| format!("{}: run `pratikar train` to make it anew", path.display()))
    }

    /// Writes it into a data folder, completely or not at all.
    ///
    /// # Errors
    /// Where the disk does not take it.
    pub fn write(&self, data: &Path) -> Result<()> {
        Ok(crate::files::write(&data.join(FILE), &self.to_bytes()?)?)
    }

    fn to_bytes(&self) -> Result<Vec<u8>> {
        let Classifier { head, rarity, weights } = &self.classifier;
        let front = Front { source: self.source, head: head.clone(), rarity: rarity.len() };
        let mut content = serde_json::to_vec(&front)?;
        content.push(b'\n');
        content.extend(rarity);
        content.extend(weights.iter().map(|weight| weight.to_le_bytes()[0]));
        let packed = zstd::bulk::compress(&content, LEVEL)?;
        Ok([MAGIC, Sha256::digest(&packed).as_slice(), &packed].concat())
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let rest = bytes.strip_prefix(MAGIC).context("it is of another version")?;
        let (sum, packed) = rest.split_at_checked(32).context("it is cut off")?;
        if Sha256::digest(packed).as_slice() != sum {
            bail!("it is damaged");
        }
        let content = zstd::bulk::decompress(packed, LARGEST)?;
        let end = content.iter().position(|byte| *byte == b'\n').context("it is damaged")?;
        let (front, rest) = content.split_at(end);
        let Front { source, head, rarity } = serde_json::from_slice(front)?;
        let (rarity, weights) =
            rest.get(1..).and_then(|rest| rest.split_at_checked(rarity)).context("it is cut off")?;
        let weights = weights.iter().map(|byte| i8::from_le_bytes([*byte])).collect();
        let classifier = Classifier { head, rarity: rarity.to_vec(), weights };
        if !classifier.is_whole() {
            bail!("it is damaged");
        }
        Ok(Self { source, classifier })
    }
}

/// What this node has learned, read again where the file is another.
pub struct Shelf {
    data: PathBuf,
    seen: Mutex<Option<Seen>>,
}

#[derive(Clone)]
struct Seen {
    looked: Instant,
    changed: Option<SystemTime>,
    learned: Option<Arc<Learned>>,
}

impl Shelf {
    /// The shelf of a data folder.
    #[must_use]
    pub fn of(data: &Path) -> Self {
        Self { data: data.to_owned(), seen: Mutex::new(None) }
    }

    /// What was learned, as the file says it now or said it ten seconds ago; `None` where there is no file that can be used.
    #[must_use]
    pub fn learned(&self) -> Option<Arc<Learned>> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seen) = seen.as_ref().filter(|seen| seen.looked.elapsed() < LOOK) {
            return seen.learned.clone();
        }
        let changed = std::fs::metadata(self.data.join(FILE)).and_then(|found| found.modified()).ok();
        let learned = match seen.take() {
            Some(before) if before.changed == changed => before.learned,
            _ => Learned::read(&self.data)
                .unwrap_or_else(|error| {
                    tracing::warn!("nothing is suggested: {error:#}");
                    None
                })
                .map(Arc::new),
        };
        *seen = Some(Seen { looked: Instant::now(), changed, learned: learned.clone() });
        learned
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::suggestion::{Example, kind_of, train};
    use model::topic::Topics;
    use model::{Language, Time};

    fn learned() -> Learned {
        let known = [("roads", "potholes on the road"), ("water", "the tap is dry")].map(|(category, text)| Example {
            text: text.into(),
            category: category.into(),
            language: Language::English,
            kind: kind_of(text, ""),
        });
        let classifier = train(&[], &known, &Topics::default()).expect("two categories");
        Learned { source: Source { since: Time::UNIX_EPOCH, at: Time::UNIX_EPOCH, examples: 2 }, classifier }
    }

    #[test]
    fn what_was_written_is_read() {
        let data = tempfile::tempdir().expect("a folder");
        assert_eq!(Learned::read(data.path()).expect("no file"), None);
        learned().write(data.path()).expect("written");
        assert_eq!(Learned::read(data.path()).expect("readable"), Some(learned()));
    }

    #[test]
    fn a_damaged_file_is_told_and_nothing_is_suggested() {
        let data = tempfile::tempdir().expect("a folder");
        let good = learned().to_bytes().expect("bytes");
        let mut flipped = good.clone();
        let last = flipped.len() - 9;
        flipped[last] ^= 1;
        let other = [b"pratikar suggestions 0\n".as_slice(), &good[MAGIC.len()..]].concat();
        for (bytes, why) in
            [(&good[..good.len() / 2], "damaged"), (&good[..30], "cut off"), (&flipped, "damaged"), (&other, "version")]
        {
            std::fs::write(data.path().join(FILE), bytes).expect("written");
            let error = Learned::read(data.path()).expect_err("it is not whole");
            assert!(format!("{error:#}").contains(why), "{error:#}");
            assert!(Shelf::of(data.path()).learned().is_none());
        }
    }

    #[test]
    fn a_newer_file_is_taken_up() {
        let data = tempfile::tempdir().expect("a folder");
        let shelf = Shelf::of(data.path());
        assert!(shelf.learned().is_none());
        learned().write(data.path()).expect("written");
        // As if the last look were long ago.
        shelf.seen.lock().expect("the lock").as_mut().expect("it has looked").looked -= LOOK;
        assert_eq!(shelf.learned().as_deref(), Some(&learned()));
    }
}
