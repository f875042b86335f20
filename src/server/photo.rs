//! Photos: told by their content, read within bounds in a process of its own, written anew without anything that
//! came along.

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::{Cursor, Read, Write};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// Pixels along an edge that a stored photo has at the most.
const EDGE: u32 = 2_048;
/// Pixels that a photo may have (SEC-51).
const PIXELS: u64 = 40_000_000;
/// Bytes that reading one may take (SEC-52).
const MEMORY: u64 = 256 * 1024 * 1024;
/// Quality of the stored JPEG.
const QUALITY: u8 = 82;

/// A photo as it is stored: a JPEG without metadata.
#[derive(Debug, Clone)]
pub struct Clean {
    /// The JPEG.
    pub jpeg: Vec<u8>,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    /// It is no JPEG, PNG or WebP, or a broken one.
    NotAnImage,
    /// It has too many pixels.
    TooLarge,
    /// The reader could not be started or did not end in time.
    Unavailable,
}

/// How photos are read.
#[derive(Debug, Clone)]
pub enum Decoder {
    /// In a process of its own: this program, called with `read-photo`, bounded in memory and time.
    Child(PathBuf),
    /// In this process; for tests of what surrounds it.
    InProcess,
}

impl Decoder {
    /// Reads a file and gives what is stored of it.
    ///
    /// # Errors
    /// [`NotTaken`] says why not.
    pub async fn read(&self, bytes: Vec<u8>) -> Result<Clean, NotTaken> {
        match self {
            Self::InProcess => {
                tokio::task::spawn_blocking(move || clean(&bytes)).await.map_err(|_| NotTaken::NotAnImage)?
            }
            Self::Child(program) => child(program, bytes).await,
        }
    }
}

/// Reads a photo, turns it upright, makes it small enough and writes it as a JPEG.
///
/// # Errors
/// [`NotTaken`] says why not.
pub fn clean(bytes: &[u8]) -> Result<Clean, NotTaken> {
    let format = match bytes {
        [0xFF, 0xD8, 0xFF, ..] => ImageFormat::Jpeg,
        [0x89, b'P', b'N', b'G', ..] => ImageFormat::Png,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => ImageFormat::WebP,
        _ => return Err(NotTaken::NotAnImage),
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| refusal(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS {
        return Err(NotTaken::TooLarge);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| refusal(&error))?;
    image.apply_orientation(orientation);
    if image.width() > EDGE || image.height() > EDGE {
        image = image.thumbnail(EDGE, EDGE);
    }
    let image = image.into_rgb8();
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&image).map_err(|_| NotTaken::NotAnImage)?;
    Ok(Clean { jpeg, width: image.width(), height: image.height() })
}

fn refusal(error: &image::ImageError) -> NotTaken {
    match error {
        image::ImageError::Limits(_) => NotTaken::TooLarge,
        _ => NotTaken::NotAnImage,
    }
}

/// Exit codes of the child.
const NOT_AN_IMAGE: u8 = 10;
const TOO_LARGE: u8 = 11;

/// The child: reads a photo from standard input, writes width, height and the JPEG to standard output.
#[must_use]
pub fn child_main() -> u8 {
    // Bounds of the operating system, beyond the decoder's own.
    let bounds = [(rlimit::Resource::AS, MEMORY * 3), (rlimit::Resource::CPU, 10), (rlimit::Resource::FSIZE, 0)];
    for (resource, bound) in bounds {
        if rlimit::setrlimit(resource, bound, bound).is_err() {
            return 1;
        }
    }
    let mut bytes = Vec::new();
    if std::io::stdin().lock().read_to_end(&mut bytes).is_err() {
        return 1;
    }
    match clean(&bytes) {
        Ok(photo) => {
            let mut out = std::io::stdout().lock();
            let written = out
                .write_all(&photo.width.to_be_bytes())
                .and_then(|()| out.write_all(&photo.height.to_be_bytes()))
                .and_then(|()| out.write_all(&photo.jpeg))
                .and_then(|()| out.flush());
            u8::from(written.is_err())
        }
        Err(NotTaken::TooLarge) => TOO_LARGE,
        Err(_) => NOT_AN_IMAGE,
    }
}

async fn child(program: &PathBuf, bytes: Vec<u8>) -> Result<Clean, NotTaken> {
    let mut child = tokio::process::Command::new(program)
        .arg("read-photo")
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|_| NotTaken::Unavailable)?;
    let mut stdin = child.stdin.take().ok_or(NotTaken::Unavailable)?;
    // The child may stop reading early; its exit code then says why.
    let feed = tokio::spawn(async move {
        let _ = stdin.write_all(&bytes).await;
    });
    let output = tokio::time::timeout(Duration::from_secs(15), child.wait_with_output())
        .await
        .map_err(|_| NotTaken::TooLarge)?
        .map_err(|_| NotTaken::Unavailable)?;
    feed.abort();
    match output.status.code() {
        Some(0) => {
            let (width, rest) = output.stdout.split_first_chunk::<4>().ok_or(NotTaken::Unavailable)?;
            let (height, jpeg) = rest.split_first_chunk::<4>().ok_or(NotTaken::Unavailable)?;
            Ok(Clean { jpeg: jpeg.to_vec(), width: u32::from_be_bytes(*width), height: u32::from_be_bytes(*height) })
        }
        Some(code) if code == i32::from(NOT_AN_IMAGE) => Err(NotTaken::NotAnImage),
        // Killed for its memory or time, or said so itself.
        _ => Err(NotTaken::TooLarge),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height).write_to(&mut bytes, format).expect("encoded");
        bytes.into_inner()
    }

    #[test]
    fn jpeg_png_and_webp_are_read_and_written_anew() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let photo = clean(&encoded(format, 40, 30)).expect("read");
            assert_eq!((photo.width, photo.height), (40, 30));
            assert!(photo.jpeg.starts_with(&[0xFF, 0xD8, 0xFF]));
        }
    }

    #[test]
    fn what_a_camera_wrote_beside_the_picture_is_gone() {
        let jpeg = encoded(ImageFormat::Jpeg, 30, 20);
        let exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0GPSLatitude 22.57";
        let length = u16::try_from(exif.len() + 2).expect("short").to_be_bytes();
        let mut with_exif = vec![0xFF, 0xD8, 0xFF, 0xE1];
        with_exif.extend(length);
        with_exif.extend_from_slice(exif);
        with_exif.extend_from_slice(&jpeg[2..]);
        let photo = clean(&with_exif).expect("read");
        assert_eq!((photo.width, photo.height), (20, 30), "turned upright by the orientation it carried");
        assert!(!photo.jpeg.windows(4).any(|window| window == b"Exif" || window == b"GPSL"));
    }

    #[test]
    fn what_is_no_photo_is_refused() {
        for bytes in [&b""[..], b"hello", b"<svg/>", b"\xFF\xD8\xFFbroken", b"GIF89a;alert(1)", b"%PDF-1.4 <html>"] {
            assert_eq!(clean(bytes).err(), Some(NotTaken::NotAnImage), "{bytes:?}");
        }
        let mut half = encoded(ImageFormat::Png, 200, 200);
        half.truncate(60);
        assert_eq!(clean(&half).err(), Some(NotTaken::NotAnImage));
    }

    #[test]
    fn a_header_that_promises_too_much_is_refused_before_memory_is_taken() {
        let mut png = encoded(ImageFormat::Png, 1, 1);
        png[16..20].copy_from_slice(&60_000u32.to_be_bytes());
        png[20..24].copy_from_slice(&60_000u32.to_be_bytes());
        let crc = crc32(&png[12..29]);
        png[29..33].copy_from_slice(&crc.to_be_bytes());
        assert_eq!(clean(&png).err(), Some(NotTaken::TooLarge));
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
        })
    }

    #[test]
    fn large_photos_are_made_smaller() {
        let photo = clean(&encoded(ImageFormat::Png, 4_000, 1_000)).expect("read");
        assert_eq!((photo.width, photo.height), (2_048, 512));
    }
}
