//! Packing: stored texts are compressed with dictionaries of what they have in common.
//!
//! A ledger entry is some 150 bytes of JSON, of which about twenty differ from others; Zstandard with a dictionary
//! stores those. Unpacking gives back the same bytes, since the chain's hashes are made over them. The dictionaries are
//! part of the program and never change, since rows written with one need it for ever. A better one would get the next
//! mark.
//!
//! `event.dict` and `case.dict` were made by `zstd --train` from entries and case rows of a seeded system, `words.dict`
//! from the program's own sentences in its five languages, so that it contains common words and no grievance.
//! `message.dict` was made from the registered templates in all their languages, filled with made-up variables.

use super::{Result, StoreError};
use model::Reference;
use std::cell::RefCell;
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

/// What is packed; each kind has its own dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Actor and body of an entry.
    Event,
    /// A case, as JSON.
    Case,
    /// A statement, or the content of an administered table.
    Words,
    /// The text of a message.
    Message,
}

/// First byte of a value that is stored uncompressed.
const PLAIN: u8 = 0;
/// First byte of a value that is packed with the first dictionaries.
const FIRST: u8 = 1;
/// The bytes with which every Zstandard frame begins; not stored.
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// The longest text that a packed value may claim to have, in bytes.
const LONGEST: usize = 16 * 1024 * 1024;

/// Stands in a packed message for the number of the case that it is about.
const NUMBER: char = '\u{1}';
/// Begins a message that is packed as it is, because one of these two marks is in it.
const AS_IT_IS: char = '\u{2}';

/// For each kind its dictionary and Zstandard's compression level, which unpacking need not know. Short values are packed in
/// 3 µs even at level 12, an entry a quarter smaller than at level 3. Words take 7 µs at level 6, and more for the last tenth,
/// with which a case fits into 2.5 kB. Cases stay at the level of the first version: `verify` compares their rows byte
/// by byte.
const KINDS: [(&[u8], i32); 4] = [
    (include_bytes!("pack/event.dict"), 12),
    (include_bytes!("pack/case.dict"), 3),
    (include_bytes!("pack/words.dict"), 11),
    (include_bytes!("pack/message.dict"), 12),
];

struct Packer {
    compressor: Compressor<'static>,
    decompressor: Decompressor<'static>,
}

/// A packer for each kind, made when a thread first needs it.
struct Packers([Option<Packer>; 4]);

thread_local! {
    static PACKERS: RefCell<Packers> = const { RefCell::new(Packers([None, None, None, None])) };
}

fn dictionary(kind: Kind) -> Option<(&'static EncoderDictionary<'static>, &'static DecoderDictionary<'static>)> {
    use std::sync::LazyLock;
    static READY: LazyLock<[(EncoderDictionary<'static>, DecoderDictionary<'static>); 4]> = LazyLock::new(|| {
        KINDS.map(|(bytes, level)| (EncoderDictionary::copy(bytes, level), DecoderDictionary::copy(bytes)))
    });
    READY.get(kind as usize).map(|(encoder, decoder)| (encoder, decoder))
}

impl Packers {
    fn of(&mut self, kind: Kind) -> std::io::Result<&mut Packer> {
        let none = || std::io::Error::other("there is no dictionary of this kind");
        let place = self.0.get_mut(kind as usize).ok_or_else(none)?;
        if place.is_none() {
            let (encoder, decoder) = dictionary(kind).ok_or_else(none)?;
            let mut compressor = Compressor::with_prepared_dictionary(encoder)?;
            compressor.include_checksum(false)?;
            compressor.include_dictid(false)?;
            let decompressor = Decompressor::with_prepared_dictionary(decoder)?;
            *place = Some(Packer { compressor, decompressor });
        }
        place.as_mut().ok_or_else(none)
    }
}

/// Packs a text.
///
/// # Errors
/// Where there is no memory for it.
pub fn pack(kind: Kind, text: &str) -> Result<Vec<u8>> {
    let packed = PACKERS.with_borrow_mut(|packers| packers.of(kind)?.compressor.compress(text.as_bytes()))?;
    let body = packed.strip_prefix(&MAGIC).unwrap_or(&packed);
    let (mark, body) = if body.len() < text.len() { (FIRST, body) } else { (PLAIN, text.as_bytes()) };
    let mut bytes = Vec::with_capacity(body.len() + 1);
    bytes.push(mark);
    bytes.extend_from_slice(body);
    Ok(bytes)
}

/// The text that was packed.
///
/// # Errors
/// `Damaged` where the value was not made by [`pack`].
pub fn unpack(kind: Kind, bytes: &[u8]) -> Result<String> {
    let damaged = |what: &str| StoreError::Damaged(format!("packed {kind:?}: {what}"));
    let text = match bytes.split_first() {
        Some((&PLAIN, text)) => text.to_vec(),
        Some((&FIRST, body)) => {
            let mut frame = Vec::with_capacity(body.len() + MAGIC.len());
            frame.extend_from_slice(&MAGIC);
            frame.extend_from_slice(body);
            let length = Decompressor::upper_bound(&frame).filter(|length| *length <= LONGEST);
            let length = length.ok_or_else(|| damaged("of no length"))?;
            PACKERS
                .with_borrow_mut(|packers| packers.of(kind)?.decompressor.decompress(&frame, length))
                .map_err(|error| damaged(&error.to_string()))?
        }
        Some(_) => return Err(damaged("written by a newer program")),
        None => return Err(damaged("empty")),
    };
    String::from_utf8(text).map_err(|_| damaged("no text"))
}

/// A number as messages write it: in three groups.
fn spelt(of: Reference) -> String {
    of.grouped().replace('\u{A0}', " ")
}

/// Packs the text of a message. The number of its case stands beside it and is left out.
///
/// # Errors
/// Where there is no memory for it.
pub fn pack_message(of: Option<Reference>, text: &str) -> Result<Vec<u8>> {
    if text.contains([NUMBER, AS_IT_IS]) {
        return pack(Kind::Message, &format!("{AS_IT_IS}{text}"));
    }
    match of {
        Some(of) => pack(Kind::Message, &text.replace(&spelt(of), NUMBER.encode_utf8(&mut [0; 4]))),
        None => pack(Kind::Message, text),
    }
}

/// The text of a message about this case, to the letter.
///
/// # Errors
/// `Damaged` where the value was not made by [`pack_message`].
pub fn unpack_message(of: Option<Reference>, bytes: &[u8]) -> Result<String> {
    let text = unpack(Kind::Message, bytes)?;
    Ok(match (text.strip_prefix(AS_IT_IS), of) {
        (Some(text), _) => text.to_owned(),
        (None, Some(of)) => text.replace(NUMBER, &spelt(of)),
        (None, None) => text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_to_the_letter_and_smaller() {
        let event = r#"{"role":"nodal_officer","staff":1052,"department":"WCDSW","office":null}
{"forwarded":{"office":2953}}"#;
        let words = r#"{"text":"টিউবওয়েল খারাপ, তিন মাস হল।","language":"bn"}"#;
        for (kind, text, most) in
            [(Kind::Event, event, 40), (Kind::Words, words, 80), (Kind::Words, "", 1), (Kind::Case, "{}", 3)]
        {
            let packed = pack(kind, text).expect("packed");
            assert_eq!(unpack(kind, &packed).expect("unpacked"), text);
            assert!(packed.len() <= most, "{} bytes of {text}", packed.len());
        }
        let long = "ক".repeat(200_000);
        assert_eq!(unpack(Kind::Words, &pack(Kind::Words, &long).expect("packed")).expect("unpacked"), long);
    }

    #[test]
    fn a_message_comes_back_to_the_letter_without_storing_its_number() {
        let of = Reference::from_payload(17);
        let number = spelt(of);
        let text = format!("অভিযোগ {number} কাজের জন্য অফিসে গেছে। অফিস আপনাকে ফোন করবে। প্রতিকার a.in/l/Hc8zEBw4htEpYxxF");
        let packed = pack_message(Some(of), &text).expect("packed");
        assert!(packed.len() <= 36, "{} bytes", packed.len());
        let odd = [String::new(), format!("{number}{number}"), "a\u{1}b".into(), format!("\u{2}{number}")];
        for text in odd.iter().chain([&text]) {
            for of in [Some(of), None] {
                let packed = pack_message(of, text).expect("packed");
                assert_eq!(unpack_message(of, &packed).expect("unpacked"), *text);
            }
        }
    }

    #[test]
    fn what_nobody_packed_is_damage_and_no_panic() {
        let mut packed = pack(Kind::Case, &"{\"stage\":\"registered\"}".repeat(9)).expect("packed");
        assert!(matches!(unpack(Kind::Case, &[]), Err(StoreError::Damaged(_))));
        assert!(matches!(unpack(Kind::Case, &[9, 1, 2]), Err(StoreError::Damaged(_))));
        packed.truncate(packed.len() / 2);
        assert!(matches!(unpack(Kind::Case, &packed), Err(StoreError::Damaged(_))));
    }

    /// Existing databases were written with these files.
    #[test]
    fn the_dictionaries_are_those_of_the_first_version() {
        use sha2::{Digest, Sha256};
        let digests = KINDS.map(|(bytes, _)| hex::encode(&Sha256::digest(bytes)[..8]));
        assert_eq!(digests, ["8c38ccad3152824f", "52c5e823d3e3832f", "48b68a7ab999ac4c", "9fb38ecf823b558e"]);
    }
}
