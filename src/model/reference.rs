//! The number of a grievance: 12 digits in groups of four, eleven of them random and the last a check digit.

use crate::text;
use serde::{Deserialize, Serialize};

/// The number of a grievance. It gives no access by itself: a citizen sees a case after entering a code sent to the
/// registered mobile number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "String"))]
pub struct Reference(u64);

/// Why a text is not a reference number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAReference {
    /// It does not have twelve digits.
    WrongLength,
    /// The check digit does not fit: a digit is wrong, or two neighbours are swapped.
    Mistyped,
}

/// Damm's quasigroup of order 10, which detects every single wrong digit and every swap of neighbours.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

/// Damm's interim digit over ASCII digits; 0 where the last one is the right check digit.
fn damm(digits: &str) -> u8 {
    digits.bytes().fold(0, |interim, digit| {
        let column = usize::from(digit.wrapping_sub(b'0'));
        DAMM.get(usize::from(interim)).and_then(|row| row.get(column)).copied().unwrap_or(0)
    })
}

impl Reference {
    /// How many reference numbers there are; the payload of [`Reference::from_payload`] is taken modulo this.
    pub const PAYLOADS: u64 = 100_000_000_000;

    /// The number with these eleven digits, which the caller draws at random, and their check digit.
    #[must_use]
    pub fn from_payload(payload: u64) -> Self {
        let payload = payload % Self::PAYLOADS;
        Self(payload * 10 + u64::from(damm(&format!("{payload:011}"))))
    }

    /// Reads a number with spaces and hyphens, in the digits of any script in use.
    ///
    /// # Errors
    /// [`NotAReference`] tells a wrong length from a mistyped digit.
    pub fn parse(typed: &str) -> Result<Self, NotAReference> {
        let digits = text::digits(typed);
        if digits.len() != 12 || typed.chars().any(char::is_alphabetic) {
            return Err(NotAReference::WrongLength);
        }
        if damm(&digits) != 0 {
            return Err(NotAReference::Mistyped);
        }
        digits.parse().map(Self).map_err(|_| NotAReference::WrongLength)
    }

    /// The twelve digits as one number, for storing.
    #[must_use]
    pub fn as_u64(self) -> u64 {
        self.0
    }

    /// A number from the database; its check digit is not verified again.
    #[must_use]
    pub fn from_stored(number: u64) -> Self {
        Self(number)
    }

    /// As people read it, `4831 9027 5516`, with no-break spaces, which also keep the groups in order within text that
    /// runs from right to left.
    #[must_use]
    pub fn grouped(self) -> String {
        let (a, b, c) = (self.0 / 100_000_000, self.0 / 10_000 % 10_000, self.0 % 10_000);
        format!("{a:04}\u{A0}{b:04}\u{A0}{c:04}")
    }
}

/// Twelve digits without spaces, as in paths.
impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

impl TryFrom<String> for Reference {
    type Error = &'static str;
    fn try_from(typed: String) -> Result<Self, Self::Error> {
        Self::parse(&typed).map_err(|_| "not a grievance number of 12 digits")
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_reads_in_groups_and_any_script() {
        let reference = Reference::from_payload(48_319_027_551);
        assert_eq!(Reference::parse(&reference.grouped()), Ok(reference));
        let bengali: String =
            reference.to_string().bytes().filter_map(|b| char::from_u32(0x09E6 + u32::from(b - b'0'))).collect();
        assert_eq!(Reference::parse(&bengali), Ok(reference));
        assert_eq!(Reference::parse("123"), Err(NotAReference::WrongLength));
        assert_eq!(Reference::from_payload(7).to_string().len(), 12);
    }

    proptest! {
        #[test]
        fn every_wrong_digit_and_every_swap_of_neighbours_is_caught(payload in 0..Reference::PAYLOADS) {
            let right = Reference::from_payload(payload).to_string().into_bytes();
            for position in 0..12 {
                for digit in b'0'..=b'9' {
                    let mut wrong = right.clone();
                    wrong[position] = digit;
                    let typed = String::from_utf8(wrong.clone()).expect("ASCII");
                    prop_assert_eq!(Reference::parse(&typed).is_ok(), wrong == right);
                }
                if position < 11 {
                    let mut swapped = right.clone();
                    swapped.swap(position, position + 1);
                    let typed = String::from_utf8(swapped.clone()).expect("ASCII");
                    prop_assert_eq!(Reference::parse(&typed).is_ok(), swapped == right);
                }
            }
        }
    }
}
