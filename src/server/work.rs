//! Proof of work for codes where very many are asked for from one address (SEC-23, SEC-24): a village behind one
//! carrier's address goes on, while a program that asks for thousands pays for each.

use crate::limits::Address;
use crate::secret::{Secret, random_hex};
use chrono::Duration;
use model::Time;
use model::wire::Work;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Minutes for which a proof can be sent.
const MINUTES: i64 = 10;
/// Zero bits of the first proof and of the heaviest: a tenth of a second and some seconds on a cheap phone.
const BITS: (u8, u8) = (14, 20);

/// Proofs used within the last minutes; each counts once.
#[derive(Debug, Default)]
pub struct Used(Mutex<HashMap<String, Time>>);

/// A proof that was accepted; counted as used until it is released.
#[derive(Debug)]
pub struct Worked(String);

/// Zero bits after so many codes within the hour, of which so many are free.
fn bits(sent: u32, free: u32) -> u8 {
    let doublings = (sent / free.max(1)).max(1).ilog2();
    BITS.0.saturating_add(u8::try_from(doublings).unwrap_or(u8::MAX)).min(BITS.1)
}

fn signature(secret: &Secret, address: &Address, text: &str) -> String {
    let signed = secret.keyed("work", &[address.as_slice(), text.as_bytes()].concat());
    hex::encode(signed.get(..8).unwrap_or_default())
}

/// A new challenge for an address.
///
/// # Errors
/// Where the system has no randomness.
pub fn ask(secret: &Secret, address: &Address, sent: u32, free: u32, now: Time) -> Result<Work, getrandom::Error> {
    let bits = bits(sent, free);
    let text = format!("{}.{bits}.{}", now.timestamp_millis(), random_hex::<8>()?);
    let challenge = format!("{text}.{}", signature(secret, address, &text));
    Ok(Work { challenge, bits })
}

/// Whether this is a valid, unused and unexpired proof for a challenge to this address. It is used up by this.
#[must_use]
pub fn take(secret: &Secret, used: &Used, address: &Address, sent_back: &str, now: Time) -> Option<Worked> {
    let (challenge, _) = sent_back.split_once(':').filter(|_| sent_back.len() <= 200)?;
    let (text, signed) = challenge.rsplit_once('.')?;
    let mut parts = text.split('.');
    let made: i64 = parts.next()?.parse().ok()?;
    let bits: u32 = parts.next()?.parse().ok()?;
    let made = Time::from_timestamp_millis(made)?;
    let fresh = made <= now && now - made <= Duration::minutes(MINUTES);
    if signed != signature(secret, address, text) || !fresh || zero_bits(&Sha256::digest(sent_back.as_bytes())) < bits {
        return None;
    }
    let mut used = used.0.lock().unwrap_or_else(PoisonError::into_inner);
    used.retain(|_, made| now - *made <= Duration::minutes(MINUTES));
    used.insert(challenge.to_owned(), made).is_none().then(|| Worked(challenge.to_owned()))
}

/// Releases a proof that has bought nothing.
pub fn let_go(used: &Used, worked: &Worked) {
    used.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&worked.0);
}

fn zero_bits(digest: &[u8]) -> u32 {
    let zeros = digest.iter().take_while(|byte| **byte == 0).count();
    let rest = digest.get(zeros).map_or(0, |byte| byte.leading_zeros());
    u32::try_from(zeros).unwrap_or(0) * 8 + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_doubling_costs_one_bit_more() {
        let table = [(20, 14), (39, 14), (40, 15), (79, 15), (80, 16), (160, 17), (1_280, 20), (1_000_000, 20)];
        for (sent, expected) in table {
            assert_eq!(bits(sent, 20), expected, "{sent}");
        }
    }

    #[test]
    fn zero_bits_are_counted_from_the_front() {
        assert_eq!(zero_bits(&[0, 0, 0b0001_0000, 0]), 19);
        assert_eq!(zero_bits(&[0x80]), 0);
        assert_eq!(zero_bits(&[0, 0]), 16);
    }
}
