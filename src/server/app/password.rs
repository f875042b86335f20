//! Passwords of staff: argon2id, two at a time.

use crate::failure::Failure;
use crate::state::App;
use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use std::sync::{Mutex, PoisonError};
use tokio::sync::SemaphorePermit;

/// Waits until a password may be hashed. That takes 19 MB: two at a time are enough at the start of a shift, and too few to
/// fill the memory.
///
/// # Errors
/// 503 where it takes too long.
pub async fn turn(app: &App) -> Result<SemaphorePermit<'_>, Failure> {
    let turn = tokio::time::timeout(std::time::Duration::from_secs(10), app.hashing.acquire()).await;
    let turn = turn.map_err(|_| Failure::unavailable(5))?;
    turn.map_err(|error| Failure::internal(&error))
}

/// A hash that no password has, with the same cost as all others.
pub(super) const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Memory used for hashing, kept for the next time. Freed memory would stay with each thread that ever hashed: 19 MB
/// for every one.
static MEMORY: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

/// Whether a password is the one of an argon2id PHC string.
#[must_use]
pub fn verify(password: &str, hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    let (Ok(params), Some(salt), Some(expected)) = (Params::try_from(&hash), &hash.salt, &hash.hash) else {
        return false;
    };
    let mut memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
    memory.resize(params.block_count(), Block::new());
    let mut output = vec![0; expected.len()];
    let hashed = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into_with_memory(
        password.as_bytes(),
        salt,
        &mut output,
        &mut memory,
    );
    MEMORY.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
    hashed.is_ok() && Output::new(&output).is_ok_and(|output| output == *expected)
}

/// The argon2id hash of a password, as a PHC string.
///
/// # Errors
/// Where the system has no randomness.
pub fn hash(password: &str) -> anyhow::Result<String> {
    let hash: PasswordHash = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|error| anyhow::anyhow!("the password cannot be hashed: {error}"))?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_hashed_with_argon2id_and_nobody_has_one() {
        let hash = hash("correct horse").expect("hashed");
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify("correct horse", &hash));
        assert!(!verify("wrong horse", &hash));
        assert!(verify("correct horse", &hash), "in the memory of the wrong one");
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert!(!verify("", NOBODY));
    }

    #[test]
    fn one_memory_serves_one_thread_after_the_other() {
        for _ in 0..8 {
            std::thread::spawn(|| verify("", NOBODY)).join().expect("no panic");
        }
        // Another test of passwords may have hashed at the same time.
        assert!(MEMORY.lock().expect("no panic").len() <= 2);
    }
}
