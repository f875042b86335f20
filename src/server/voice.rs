//! Spoken notes: taken apart into packets, which are checked one by one and written into a new, plain file, without any
//! metadata. Runs in [`crate::decoder`].
//!
//! Browsers record Opus in WebM (Chrome, Firefox, newer Safari) or Ogg, and AAC in MP4 (older Safari). Opus is stored
//! in Ogg ([RFC 7845]), AAC in ADTS ([ISO 13818-7]): plain streams that tell their length. Safari plays Ogg from
//! version 18.4 on; with older ones a spoken note is heard on another device.
//!
//! [RFC 7845]: https://www.rfc-editor.org/rfc/rfc7845
//! [ISO 13818-7]: https://www.iso.org/standard/43345.html

use crate::media::{Clean, Format, NotTaken};
use model::attachment::VOICE_SECONDS;
use ogg::writing::{PacketWriteEndInfo, PacketWriter};
use std::io::Cursor;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_OPUS};
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::default::formats::{IsoMp4Reader, MkvReader, OggReader};

/// Opus always counts 48,000 samples per second (RFC 7845, 4).
const OPUS_RATE: u64 = 48_000;
/// Samples of an AAC packet.
const AAC_SAMPLES: u64 = 1_024;
/// Sampling rates of AAC by index (ISO 14496-3, table 1.18).
const AAC_RATES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

/// Reads a spoken note and writes its packets into a new file.
///
/// # Errors
/// [`NotTaken`] says why it is refused.
pub fn clean(bytes: &[u8]) -> Result<Clean, NotTaken> {
    let stream = MediaSourceStream::new(Box::new(Cursor::new(bytes.to_vec())), Default::default());
    let options = FormatOptions::default();
    let broken = |_| NotTaken::NotReadable;
    let mut reader: Box<dyn FormatReader> = match bytes {
        [0x1A, 0x45, 0xDF, 0xA3, ..] => Box::new(MkvReader::try_new(stream, options).map_err(broken)?),
        [b'O', b'g', b'g', b'S', ..] => Box::new(OggReader::try_new(stream, options).map_err(broken)?),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Box::new(IsoMp4Reader::try_new(stream, options).map_err(broken)?),
        _ => return Err(NotTaken::NotReadable),
    };
    // Only speech: a film has more tracks.
    let [track] = reader.tracks() else { return Err(NotTaken::NotReadable) };
    let (Some(TrackType::Audio), Some(CodecParameters::Audio(codec))) = (track.track_type(), &track.codec_params)
    else {
        return Err(NotTaken::NotReadable);
    };
    let (id, codec) = (track.id, codec.clone());
    let channels = codec.channels.as_ref().map_or(1, |channels| channels.count().clamp(1, 2));
    let mut packets = Vec::new();
    loop {
        match reader.next_packet() {
            Ok(Some(packet)) if packet.track_id == id => packets.push(packet.data),
            Ok(Some(_)) => {}
            Ok(None) => break,
            // A recording cut off by an empty battery is good up to its last whole packet.
            Err(symphonia::core::errors::Error::IoError(_)) if !packets.is_empty() => break,
            Err(_) => return Err(NotTaken::NotReadable),
        }
    }
    let (format, bytes, samples, rate) = match codec.codec {
        CODEC_ID_OPUS => {
            let (bytes, samples) = opus(&packets, channels).ok_or(NotTaken::NotReadable)?;
            (Format::Ogg, bytes, samples, OPUS_RATE)
        }
        CODEC_ID_AAC => {
            let rate = codec.sample_rate.ok_or(NotTaken::NotReadable)?;
            let bytes = adts(&packets, rate, channels).ok_or(NotTaken::NotReadable)?;
            (Format::Adts, bytes, packets.len() as u64 * AAC_SAMPLES, u64::from(rate))
        }
        _ => return Err(NotTaken::NotReadable),
    };
    // An empty packet too many is not the speaker's fault.
    if samples == 0 {
        return Err(NotTaken::NotReadable);
    }
    if samples / rate > u64::from(VOICE_SECONDS) + 2 {
        return Err(NotTaken::TooLarge);
    }
    let seconds = u32::try_from(samples.div_ceil(rate)).unwrap_or(VOICE_SECONDS);
    Ok(Clean { bytes, format, width: 0, height: 0, seconds, prints: None })
}

/// Samples of an Opus packet, from its first bytes (RFC 6716, 3.1); `None` where it breaks the rules there.
fn opus_samples(packet: &[u8]) -> Option<u64> {
    let (toc, rest) = packet.split_first()?;
    let frame = match toc >> 3 {
        mode @ 0..12 => [480, 960, 1_920, 2_880].get(usize::from(mode & 3)),
        mode @ 12..16 => [480, 960].get(usize::from(mode & 1)),
        mode => [120, 240, 480, 960].get(usize::from(mode & 3)),
    }?;
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u64::from(rest.first()? & 0x3F),
    };
    let samples = frames * frame;
    // At most 120 ms, and not nothing.
    (frames > 0 && samples <= 5_760).then_some(samples)
}

/// An Ogg stream of Opus packets, and its number of samples.
fn opus(packets: &[Box<[u8]>], channels: usize) -> Option<(Vec<u8>, u64)> {
    const SERIAL: u32 = 1;
    /// Samples that a player skips at the start, as RFC 7845 advises where nothing else is known.
    const PRE_SKIP: u16 = 3_840;
    let mut head = b"OpusHead\x01".to_vec();
    head.push(u8::try_from(channels).ok()?);
    head.extend(PRE_SKIP.to_le_bytes());
    head.extend(u32::try_from(OPUS_RATE).ok()?.to_le_bytes());
    head.extend([0, 0, 0]); // no gain, mapping family 0
    let mut tags = b"OpusTags".to_vec();
    tags.extend([0; 8]); // no vendor, no comments
    let mut writer = PacketWriter::new(Vec::new());
    writer.write_packet(head, SERIAL, PacketWriteEndInfo::EndPage, 0).ok()?;
    writer.write_packet(tags, SERIAL, PacketWriteEndInfo::EndPage, 0).ok()?;
    let mut samples = 0;
    for (index, packet) in packets.iter().enumerate() {
        samples += opus_samples(packet)?;
        // Pages of a second each, so that a player can seek.
        let end = match index + 1 {
            last if last == packets.len() => PacketWriteEndInfo::EndStream,
            count if count % 50 == 0 => PacketWriteEndInfo::EndPage,
            _ => PacketWriteEndInfo::NormalPacket,
        };
        writer.write_packet(packet.to_vec(), SERIAL, end, samples).ok()?;
    }
    Some((writer.into_inner(), samples))
}

/// AAC packets, each after a header of seven bytes (ISO 13818-7, 6.2).
fn adts(packets: &[Box<[u8]>], rate: u32, channels: usize) -> Option<Vec<u8>> {
    let rate = u8::try_from(AAC_RATES.iter().position(|known| *known == rate)?).ok()?;
    let channels = u8::try_from(channels).ok()?;
    let mut out = Vec::new();
    for packet in packets {
        let length = u16::try_from(packet.len() + 7).ok().filter(|length| *length < 1 << 13)?;
        let [high, low] = length.to_be_bytes();
        out.extend([
            0xFF,
            0xF1,                                     // MPEG-4, no checksum
            (1 << 6) | (rate << 2) | (channels >> 2), // low complexity
            (channels << 6) | (high >> 3),
            (high << 5) | (low >> 3),
            (low << 5) | 0x1F,
            0xFC,
        ]);
        out.extend_from_slice(packet);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second of silence in Opus: 50 packets of 20 ms.
    fn spoken(packets: usize) -> Vec<u8> {
        let packets: Vec<Box<[u8]>> = vec![Box::from([0xF8, 0xFF, 0xFE]); packets];
        opus(&packets, 1).expect("written").0
    }

    #[test]
    fn a_spoken_note_is_written_anew_and_tells_its_length() {
        let clean = clean(&spoken(125)).expect("read");
        assert_eq!((clean.format, clean.seconds), (Format::Ogg, 3));
        assert_eq!(super::clean(&clean.bytes).expect("read once more"), clean, "what is clean stays as it is");
    }

    #[test]
    fn what_was_written_beside_the_speech_is_gone() {
        let mut tags = b"OpusTags\x06\0\0\0Camera\x01\0\0\0\x12\0\0\0LOCATION=22.5,88.3".to_vec();
        tags.push(b'7');
        let mut writer = PacketWriter::new(Vec::new());
        let head = b"OpusHead\x01\x01\0\x0f\x80\xbb\0\0\0\0\0".to_vec();
        writer.write_packet(head, 9, PacketWriteEndInfo::EndPage, 0).expect("written");
        writer.write_packet(tags, 9, PacketWriteEndInfo::EndPage, 0).expect("written");
        for packet in 1..=60u64 {
            let end = if packet == 60 { PacketWriteEndInfo::EndStream } else { PacketWriteEndInfo::NormalPacket };
            writer.write_packet(vec![0xF8, 0xFF, 0xFE], 9, end, packet * 960).expect("written");
        }
        let recorded = writer.into_inner();
        let tells = |file: &[u8]| file.windows(8).any(|window| window == b"LOCATION");
        assert!(tells(&recorded), "the recording told where");
        let clean = clean(&recorded).expect("read");
        assert!(!tells(&clean.bytes) && !clean.bytes.windows(6).any(|window| window == b"Camera"));
        assert_eq!(clean.seconds, 2);
    }

    #[test]
    fn what_is_no_speech_or_too_long_is_refused() {
        for bytes in [&b""[..], b"hello", b"OggS", b"\x1A\x45\xDF\xA3broken", b"\0\0\0\x18ftypmp42", b"\xFF\xD8\xFF"] {
            assert_eq!(clean(bytes).err(), Some(NotTaken::NotReadable), "{bytes:?}");
        }
        assert_eq!(clean(&spoken(0)).err(), Some(NotTaken::NotReadable), "silence without a packet");
        let limit = usize::try_from(VOICE_SECONDS).expect("small") * 50;
        assert!(clean(&spoken(limit)).is_ok());
        assert_eq!(clean(&spoken(limit + 200)).err(), Some(NotTaken::TooLarge));
    }

    #[test]
    fn packets_that_break_the_rules_of_opus_are_no_speech() {
        // Modes and counts of RFC 6716, table 2 and 3.2.
        for (packet, samples) in [
            (&[0x00][..], Some(480)),
            (&[0x18], Some(2_880)),
            (&[0x60], Some(480)),
            (&[0x68 | 1], Some(1_920)),
            (&[0x80], Some(120)),
            (&[0xF8 | 3, 6], Some(5_760)),
            (&[0xF8 | 3, 7], None),
            (&[0xF8 | 3, 0], None),
            (&[0xF8 | 3], None),
            (&[], None),
        ] {
            assert_eq!(opus_samples(packet), samples, "{packet:02X?}");
        }
    }

    #[test]
    fn aac_gets_headers_that_say_how_long_each_packet_is() {
        let packets: Vec<Box<[u8]>> = vec![Box::from([1, 2, 3]), Box::from(vec![9; 1_000])];
        let file = adts(&packets, 44_100, 1).expect("written");
        let length = |at: usize| {
            (usize::from(file[at + 3] & 3) << 11) | (usize::from(file[at + 4]) << 3) | usize::from(file[at + 5] >> 5)
        };
        assert_eq!((length(0), length(10)), (10, 1_007));
        assert_eq!((file[0], file[10], file.len()), (0xFF, 0xFF, 1_017));
        assert_eq!((file[2] >> 2) & 0xF, 4, "44,100 Hz");
        assert_eq!(adts(&packets, 44_099, 1), None);
    }
}
