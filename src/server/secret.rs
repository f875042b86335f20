//! The server's secret, from which ids of persons, hashes of codes, links and signatures are derived.

use anyhow::{Context, Result};
use hmac::{Hmac, KeyInit, Mac};
use model::{Mobile, PersonId};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// 32 random bytes, in a file that only its owner can read.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// Reads the secret from a file; `None` where there is none.
    ///
    /// # Errors
    /// Where the file cannot be read or does not have 32 bytes.
    pub fn load(path: &Path) -> Result<Option<Self>> {
        match std::fs::read(path) {
            Ok(bytes) => {
                let bytes = bytes.try_into().ok().with_context(|| {
                    format!(
                        "{} has not 32 bytes: it is damaged, or no key. Put the key of the backup back (it lies beside the \
                         backup's folder, ending in .key; pratikar restore --help)",
                        path.display()
                    )
                })?;
                Ok(Some(Self(bytes)))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    /// Draws a new secret and writes it to a new file.
    ///
    /// # Errors
    /// Where there is no randomness, the file exists or cannot be written.
    pub fn create(path: &Path) -> Result<Self> {
        let mut secret = [0u8; 32];
        getrandom::fill(&mut secret).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
        let secret = Self(secret);
        secret.write(path)?;
        Ok(secret)
    }

    /// Writes it to a new file.
    ///
    /// # Errors
    /// Where the file exists or cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let opened = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        let mut file = opened.with_context(|| format!("cannot write {}", path.display()))?;
        file.write_all(&self.0)?;
        file.sync_all()?;
        Ok(())
    }

    /// HMAC-SHA-256 of codes, addresses and numbers, so that they cannot be tried out with the database alone.
    #[must_use]
    pub fn keyed(&self, purpose: &str, value: &[u8]) -> [u8; 32] {
        match Hmac::<Sha256>::new_from_slice(&self.0) {
            Ok(mut mac) => {
                mac.update(purpose.as_bytes());
                mac.update(&[0]);
                mac.update(value);
                mac.finalize().into_bytes().into()
            }
            // HMAC takes keys of any length, so this does not happen.
            Err(_) => Sha256::digest(value).into(),
        }
    }

    /// The id of a mobile number's holder in the ledger.
    #[must_use]
    pub fn person(&self, mobile: &Mobile) -> PersonId {
        PersonId::new(first_u64(self.keyed("person", mobile.as_str().as_bytes())) >> 1)
    }

    /// Seed of the draws for visits.
    #[must_use]
    pub fn draw_seed(&self) -> u64 {
        first_u64(self.keyed("draw", b""))
    }

    /// The key that signs published heads.
    #[must_use]
    pub fn signing_key(&self) -> ed25519_dalek::SigningKey {
        ed25519_dalek::SigningKey::from_bytes(&self.keyed("head", b""))
    }

    /// Fingerprint that the database stores, to recognise the secret.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        self.keyed("fingerprint", b"")
    }
}

fn first_u64(bytes: [u8; 32]) -> u64 {
    bytes.first_chunk().map_or(0, |chunk| u64::from_be_bytes(*chunk))
}

/// Random bytes in hexadecimal.
///
/// # Errors
/// Where the system has no randomness.
pub fn random_hex<const N: usize>() -> Result<String, getrandom::Error> {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes)?;
    Ok(hex::encode(bytes))
}
