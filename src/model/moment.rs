//! Reads a moment as the server writes it: `2026-11-02T04:30:00Z`, with or without a fraction of a second.
//!
//! `chrono` reads every notation of RFC 3339, which costs 5 KiB of what a phone downloads before it can lodge.

use crate::Time;
use chrono::NaiveDate;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Reads a moment in UTC; `None` where the text is not one.
#[must_use]
pub fn read(text: &str) -> Option<Time> {
    let number = |from: usize, to: usize| {
        let digits = text.get(from..to)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u32>().ok()).flatten()
    };
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if marks.iter().any(|(at, mark)| text.as_bytes().get(*at) != Some(mark)) {
        return None;
    }
    let fraction = text.get(19..)?.strip_suffix('Z')?;
    let nano = match fraction.strip_prefix('.') {
        None if fraction.is_empty() => 0,
        Some(digits) if (1..=9).contains(&digits.len()) => {
            number(20, 20 + digits.len())? * 10u32.pow(9 - u32::try_from(digits.len()).ok()?)
        }
        _ => return None,
    };
    let day = NaiveDate::from_ymd_opt(i32::try_from(number(0, 4)?).ok()?, number(5, 7)?, number(8, 10)?)?;
    Some(day.and_hms_nano_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?, nano)?.and_utc())
}

/// Writes it as `chrono` does: for `#[serde(with = "crate::moment")]`.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(at: &Time, serializer: S) -> Result<S::Ok, S::Error> {
    at.serialize(serializer)
}

/// Reads what [`serialize`] writes.
///
/// # Errors
/// Where it is no moment in UTC.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
    read(&String::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("no moment in UTC"))
}

/// For an optional field: `#[serde(default, with = "crate::moment::optional")]`.
pub mod optional {
    use crate::Time;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// Writes it as `chrono` does.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(at: &Option<Time>, serializer: S) -> Result<S::Ok, S::Error> {
        at.serialize(serializer)
    }

    /// Reads what [`serialize`] writes.
    ///
    /// # Errors
    /// Where it is no moment in UTC.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Time>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| super::read(&text).ok_or_else(|| D::Error::custom("no moment in UTC"))).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_moment_is_not_read() {
        for text in [
            "",
            "2026-11-02",
            "2026-11-02T04:30:00",
            "2026-11-02T04:30:00+05:30",
            "2026-02-30T04:30:00Z",
            "2026-11-02T24:30:00Z",
            "2026-11-02T04:30:00.Z",
            "2026-11-02T04:30:00.1234567890Z",
            "2026-11-02 04:30:00Z",
            "২০২৬-১১-০২T০৪:৩০:০০Z",
            "+026-11-02T04:30:00Z",
            "2026-11-02T04:30:+1Z",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_the_server_writes_is_read(seconds in -60_000_000_000i64..250_000_000_000, nanos in 0u32..1_000_000_000, digits in 0u32..=9) {
            let nanos = nanos / 10u32.pow(digits) * 10u32.pow(digits);
            let at = Time::from_timestamp(seconds, nanos).expect("a moment");
            let written = serde_json::to_value(at).expect("JSON");
            prop_assert_eq!(read(written.as_str().expect("text")), Some(at));
        }
    }
}
